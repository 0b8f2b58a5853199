using Weir.Sockets;

namespace Weir;

/// <summary>
/// Datagram to datagram. Each peer has a session with a socket of its own towards the backend, so that answers find their way back. A session
/// ends when nothing has moved for a time. What a full buffer does not take is dropped and counted, as datagrams are.
/// </summary>
internal sealed class DatagramRelay
{
    /// <summary>How long a session lives without a datagram when nobody says otherwise.</summary>
    public static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromSeconds(60);

    private readonly int _limit;
    private readonly RelayTraffic _traffic;
    private readonly BackendChoice _choice;
    private readonly ServerNotices _notices;

    /// <param name="options">The relay's.</param>
    /// <param name="limit">Sessions at once, of all sockets together.</param>
    /// <param name="traffic">Where they are counted.</param>
    /// <param name="notices">Where what lasts is said once.</param>
    public DatagramRelay(RelayOptions options, int limit, RelayTraffic traffic, ServerNotices notices)
    {
        (Options, _limit, _traffic, _notices) = (options, limit, traffic, notices);
        IdleTimeout = options.IdleTimeout == Timeout.InfiniteTimeSpan ? DefaultIdleTimeout : options.IdleTimeout;
        _choice = new BackendChoice([.. options.To.Select(to => new Backend(to))], options.Balance);
    }

    public RelayOptions Options { get; }

    public RelayTraffic Traffic => _traffic;

    public TimeSpan IdleTimeout { get; }

    /// <summary>The server's handler: serves one bound socket.</summary>
    public Task ServeAsync(DatagramChannel front) => new DatagramSessions(this, front).RunAsync();

    /// <summary>A session for a new peer; null when there is no room or no backend, which is said once.</summary>
    public async Task<DatagramSession?> OpenAsync(
        DatagramSessions sessions, DatagramChannel front, Conversation who, KernelAddress local, CancellationToken ended)
    {
        if (!_traffic.TryEnter(_limit))
        {
            string open = _limit == 1 ? "1 session is open" : $"{_limit} sessions are open";
            string limit = $"which is the limit{RelayCapacity.Advice(Options, _limit)}";
            _notices.Report(ServerEventKind.ConnectionLimit, $"{open}, {limit}; datagrams of further peers are dropped");
            return null;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(ended);
        late.CancelAfter(Options.ConnectTimeout);
        (ServerEventKind kind, string reason) = (ServerEventKind.NoBackend, "");
        foreach (Backend backend in _choice.Order(who.Peer))
        {
            try
            {
                var session = new DatagramSession(sessions, front, who, local, backend);
                await session.ConnectAsync(late.Token).ConfigureAwait(false);
                return session;
            }
            catch (System.Net.Sockets.SocketException failure)
            {
                ServerEventKind? shortage = Shortage.KindOf(failure);
                (kind, reason) = (shortage ?? ServerEventKind.NoBackend, failure.Message);
                if (shortage is not null)
                    break;
            }
            catch (OperationCanceledException)
            {
                reason = $"backend {backend}: its name is not known after {Options.ConnectTimeout.TotalSeconds:0.###} s";
                break;
            }
        }

        _traffic.Leave();
        if (ended.IsCancellationRequested)
            return null;
        _notices.Report(kind, $"datagrams of further peers are dropped: {reason}");
        return null;
    }

    /// <summary>A backend said by ICMP that nobody is there. It is passed over until the probe interval is over.</summary>
    public void OnRefused(Backend backend, string reason)
    {
        if (!backend.TryMarkDown())
            return;
        bool isRetried = Options.ProbeInterval != Timeout.InfiniteTimeSpan;
        string then = isRetried ? $"passed over for {Options.ProbeInterval.TotalSeconds:0.###} s" : "used when no other is left";
        _notices.Report(ServerEventKind.BackendDown, $"backend {backend}: {reason}; {then}");
        // A datagram socket cannot be probed without saying something: after a while it is simply used again.
        if (isRetried)
            _ = Task.Delay(Options.ProbeInterval).ContinueWith(_ => backend.TryMarkUp(), TaskScheduler.Default);
    }

    public void OnTruncated(int fullLengthBytes) => _notices.Report(
        ServerEventKind.MessageTruncated, $"a datagram of {fullLengthBytes} bytes is longer than is received here; its end is lost");
}
