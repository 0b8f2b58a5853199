using System.Net;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying;

/// <summary>
/// An address on which nobody listens, and on which somebody may listen later. A TCP port is held by a socket that does not listen: the kernel
/// would give a free one to the next that asks for any, such as the relay itself.
/// </summary>
internal sealed class UnusedAddress : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KernelSocket? _holder;

    public UnusedAddress(EngineCase engine)
    {
        if (engine.IsTcp)
        {
            KernelAddress any = KernelAddress.FromIPAddress(engine.Family is SocketScheme.Tcp6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port: 0);
            _holder = KernelSocket.Create(any.Family, SOCK_STREAM);
            _holder.Set(SocketOptions.ReuseAddress, value: true);
            _holder.Bind(any);
        }

        Url = _holder is null ? engine.Listen(_folder) : RelayRig.UrlOf(engine, _holder.LocalAddress);
    }

    public SocketUrl Url { get; }

    public void Dispose()
    {
        _holder?.Dispose();
        _folder.Dispose();
    }
}
