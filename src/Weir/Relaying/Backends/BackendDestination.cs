using System.IO.Pipelines;
using System.Net.Sockets;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>URLs to connect to. One that does not answer is passed over, probed, and taken back.</summary>
internal sealed class BackendDestination : IRelayDestination
{
    // An attempt has at least this long, however many backends share the time that there is: a lost packet is sent again after a second.
    private static readonly TimeSpan s_leastAttempt = TimeSpan.FromMilliseconds(1500);

    private readonly RelayOptions _options;
    private readonly Action<ServerEvent> _report;
    private readonly ServerNotices _notices;
    private readonly ConnectorOptions _connecting;
    private readonly BackendChoice _choice;
    private readonly CancellationTokenSource _ending = new();

    public BackendDestination(RelayOptions options, ConnectionOptions connection, ServerNotices notices)
    {
        _options = options;
        _notices = notices;
        _report = options.OnEvent ?? (_ => { });
        _connecting = new ConnectorOptions { Connection = connection };
        Backends = [.. options.To.Select(to => new Backend(to))];
        _choice = new BackendChoice(Backends, options.Balance);
    }

    public Backend[] Backends { get; }

    public async Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        long start = TimeProvider.System.GetTimestamp();
        Backend[] order = _choice.Order(pair.ClientAddress);
        for (int i = 0; i < order.Length; i++)
        {
            TimeSpan limit = LimitOf(TimeProvider.System.GetElapsedTime(start), left: order.Length - i);
            if (limit == TimeSpan.Zero)
                break;
            if (await TryAsync(order[i], pair, loop, limit).ConfigureAwait(false) is { } end)
                return end;
        }

        _notices.Report(ServerEventKind.NoBackend, "no backend answers; clients are reset until one does");
        return null;
    }

    public void OnEnded(RelayPair pair) => pair.Backend?.Leave();

    public void Stop() => _ending.Cancel();

    private async Task<RelayEnd?> TryAsync(Backend backend, RelayPair pair, EventLoop loop, TimeSpan limit)
    {
        long start = TimeProvider.System.GetTimestamp();
        backend.Enter();
        RelayEnd? end = null;
        try
        {
            Connection connection = await Connector.ConnectAsync(backend.Url, _connecting with { Timeout = limit }, loop, _ending.Token)
                .ConfigureAwait(false);
            TakeBack(backend);
            await SendProxyHeaderAsync(connection, pair).ConfigureAwait(false);
            end = await SecureAsync(backend, connection, start, limit).ConfigureAwait(false);
            pair.Backend = end is null ? null : backend;
        }
        catch (OperationCanceledException)
        {
            // The relay has stopped.
        }
        catch (SocketException failure)
        {
            MarkDown(backend, failure);
        }
        finally
        {
            if (end is null)
                backend.Leave();
        }

        return end;
    }

    private async Task<RelayEnd?> SecureAsync(Backend backend, Connection connection, long start, TimeSpan limit)
    {
        if (backend.Tls is null)
            return new RelayEnd(connection);
        TimeSpan left = limit == Timeout.InfiniteTimeSpan ? limit : limit - TimeProvider.System.GetElapsedTime(start);
        using var late = new CancellationTokenSource(left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? left : TimeSpan.Zero);
        (TlsEnd? end, string problem) = await TlsEnd.ConnectAsync(connection, backend.Tls, late.Token).ConfigureAwait(false);
        if (end is not null)
            return end;
        // It answers, so it is not down; but with this client it cannot be used.
        _notices.Report(ServerEventKind.TlsFailed, $"backend {backend}: TLS handshake: {problem}");
        new RelayEnd(connection).Close();
        return null;
    }

    // A backend that is gone again is found out by the pump.
    private ValueTask<FlushResult> SendProxyHeaderAsync(Connection connection, RelayPair pair)
    {
        if (_options.SendsProxyHeader == ProxyProtocol.None)
            return default;
        var header = new ProxyHeader(pair.ClientAddress, pair.LocalAddress);
        Span<byte> room = connection.Output.GetSpan(ProxyHeader.MaxWrittenBytes);
        connection.Output.Advance(ProxyHeaderWriter.Write(_options.SendsProxyHeader, header, room));
        return connection.Output.FlushAsync(CancellationToken.None);
    }

    // What is left is shared among those that are left, so that one which is silent does not cost the client the others.
    private TimeSpan LimitOf(TimeSpan elapsed, int left)
    {
        if (_options.ConnectTimeout == Timeout.InfiniteTimeSpan)
            return Timeout.InfiniteTimeSpan;
        TimeSpan remaining = _options.ConnectTimeout - elapsed;
        if (remaining <= TimeSpan.Zero)
            return TimeSpan.Zero;
        TimeSpan share = remaining / left;
        return share >= s_leastAttempt ? share : remaining < s_leastAttempt ? remaining : s_leastAttempt;
    }

    private void MarkDown(Backend backend, SocketException failure)
    {
        if (!backend.TryMarkDown())
            return;
        bool probes = _options.ProbeInterval != Timeout.InfiniteTimeSpan;
        string why = failure is SocketCallException { Errno: var errno } ? errno.ToString() : failure.Message;
        _report(new ServerEvent(
            ServerEventKind.BackendDown,
            $"backend {backend}: {why}; down, {(probes ? $"probed every {_options.ProbeInterval.TotalSeconds:0.###} s" : "not probed")}"));
        if (probes)
            _ = ProbeAsync(backend);
    }

    private void TakeBack(Backend backend)
    {
        if (backend.IsDown && backend.TryMarkUp())
            _report(new ServerEvent(ServerEventKind.BackendBack, $"backend {backend} is back"));
    }

    // Until it answers, to us or to a client that had nobody else, or the relay ends.
    private async Task ProbeAsync(Backend backend)
    {
        using var timer = new PeriodicTimer(_options.ProbeInterval);
        try
        {
            while (backend.IsDown && await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                if (backend.IsDown && await AnswersAsync(backend).ConfigureAwait(false))
                    TakeBack(backend);
            }
        }
        catch (OperationCanceledException)
        {
            // The relay has ended.
        }
    }

    private async Task<bool> AnswersAsync(Backend backend)
    {
        try
        {
            ConnectorOptions probing = _connecting with { Timeout = _options.ConnectTimeout, Loops = _options.Loops };
            Connection connection = await Connector.ConnectAsync(backend.Url, probing, _ending.Token).ConfigureAwait(false);
            new RelayEnd(connection).Close();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
