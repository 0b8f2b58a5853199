using System.Net.Security;
using System.Text;
using Weir.Sockets;

namespace Weir;

/// <summary>One of a relay's destinations: its address, whether it answers, and how busy it is.</summary>
internal sealed class Backend(RelayEndpoint endpoint)
{
    private readonly SslClientAuthenticationOptions? _tls = endpoint.Tls is null ? null : TlsFiles.ForConnecting(endpoint.Tls, endpoint.Url!);

    private int _connections;
    private int _isDown;

    /// <summary>What the hash of a client's address is mixed with.</summary>
    public ulong Seed { get; } = Hash.Of(Encoding.UTF8.GetBytes(endpoint.ToString()));

    public RelayEndpoint Endpoint => endpoint;

    public SocketUrl Url => endpoint.Url!;

    /// <summary>How TLS is spoken there; null for no TLS.</summary>
    public SslClientAuthenticationOptions? Tls => _tls;

    public int Connections => Volatile.Read(ref _connections);

    public bool IsDown => Volatile.Read(ref _isDown) != 0;

    public void Enter() => Interlocked.Increment(ref _connections);

    public void Leave() => Interlocked.Decrement(ref _connections);

    /// <returns>Whether it was up until now.</returns>
    public bool TryMarkDown() => Interlocked.Exchange(ref _isDown, 1) == 0;

    /// <returns>Whether it was down until now.</returns>
    public bool TryMarkUp() => Interlocked.Exchange(ref _isDown, 0) != 0;

    public override string ToString() => endpoint.ToString();
}
