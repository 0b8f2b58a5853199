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
        backend.Enter();
        try
        {
            Connection connection = await Connector.ConnectAsync(backend.Url, _connecting with { Timeout = limit }, loop, _ending.Token)
                .ConfigureAwait(false);
            TakeBack(backend);
            pair.Backend = backend;
            return new RelayEnd(connection);
        }
        catch (OperationCanceledException)
        {
            backend.Leave();
            return null;
        }
        catch (SocketException failure)
        {
            backend.Leave();
            MarkDown(backend, failure);
            return null;
        }
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
