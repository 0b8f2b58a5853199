using System.IO.Pipelines;
using System.Security.Authentication;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>URLs of streams to connect to.</summary>
internal sealed class BackendDestination : IRelayDestination
{
    private readonly RelayOptions _options;
    private readonly ConnectorOptions _connecting;
    private readonly BackendGroup _backends;

    public BackendDestination(RelayOptions options, ConnectionOptions connection, ServerNotices notices)
    {
        _options = options;
        _connecting = new ConnectorOptions { Connection = connection };
        _backends = new BackendGroup(options, notices, ProbeAsync);
    }

    public Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        var header = new ProxyHeader(pair.ClientAddress, pair.LocalAddress);
        return _backends.ReachAsync(pair.ClientAddress, async (backend, limit) =>
        {
            RelayEnd end = await ReachAsync(backend, header, loop, limit).ConfigureAwait(false);
            pair.Backend = backend;
            return end;
        });
    }

    public void OnEnded(RelayPair pair) => pair.Backend?.Leave();

    public void Stop() => _backends.Stop();

    private async Task<RelayEnd> ReachAsync(Backend backend, ProxyHeader header, EventLoop loop, TimeSpan limit)
    {
        long start = TimeProvider.System.GetTimestamp();
        Connection connection = await Connector.ConnectAsync(backend.Url, _connecting with { Timeout = limit }, loop, _backends.Ending)
            .ConfigureAwait(false);
        if (DescriptorReserve.Has(connection.Socket.Fd.Number))
        {
            connection.Abort();
            throw new SocketCallException("connect", Errno.EMFILE, backend.Url.ToString());
        }

        await SendProxyHeaderAsync(connection, header).ConfigureAwait(false);
        return backend.Tls is null ? new RelayEnd(connection) : await SecureAsync(backend, connection, start, limit).ConfigureAwait(false);
    }

    private static async Task<RelayEnd> SecureAsync(Backend backend, Connection connection, long start, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(TimeLeft.Since(start, limit));
        (TlsEnd? end, string problem) = await TlsEnd.ConnectAsync(connection, backend.Tls!, late.Token).ConfigureAwait(false);
        if (end is not null)
            return end;
        new RelayEnd(connection).Close();
        throw new AuthenticationException($"TLS handshake: {problem}");
    }

    // A backend that is gone again is found out by the pump.
    private ValueTask<FlushResult> SendProxyHeaderAsync(Connection connection, in ProxyHeader header)
    {
        if (_options.SendsProxyHeader == ProxyProtocol.None)
            return default;
        Span<byte> room = connection.Output.GetSpan(ProxyHeader.MaxWrittenBytes);
        connection.Output.Advance(ProxyHeaderWriter.Write(_options.SendsProxyHeader, header, room));
        return connection.Output.FlushAsync(CancellationToken.None);
    }

    // As a client would be served, but for a header that says that there is none.
    private async Task ProbeAsync(Backend backend, CancellationToken ending) =>
        (await ReachAsync(backend, default, _options.Loops!.LeastLoaded(), _options.ConnectTimeout).WaitAsync(ending).ConfigureAwait(false)).Close();
}
