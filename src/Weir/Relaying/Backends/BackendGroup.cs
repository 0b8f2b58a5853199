using System.Net.Sockets;
using System.Security.Authentication;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>A relay's backends. One that does not answer is passed over, probed, and taken back.</summary>
/// <param name="options">The relay's.</param>
/// <param name="notices">Where what lasts is said once.</param>
/// <param name="probe">Reaches a backend and leaves it again, or throws what <see cref="ReachAsync"/> may meet.</param>
internal sealed class BackendGroup(RelayOptions options, ServerNotices notices, Func<Backend, CancellationToken, Task> probe)
{
    // An attempt has at least this long, however many backends share the time that there is: a lost packet is sent again after a second.
    private static readonly TimeSpan s_leastAttempt = TimeSpan.FromMilliseconds(1500);

    // The queue of a unix listener is full (connect(2), EAGAIN): somebody is there, and has much to do.
    private static readonly TimeSpan s_pauseWhileFull = TimeSpan.FromMilliseconds(20);

    private readonly BackendChoice _choice = new([.. options.To.Select(to => new Backend(to))], options.Balance);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Cancelled when nobody will be connected any more.</summary>
    public CancellationToken Ending => _ending.Token;

    private bool Probes => options.ProbeInterval != Timeout.InfiniteTimeSpan && !options.IsOnce;

    public void Stop() => _ending.Cancel();

    /// <summary>Tries one after the other until one is reached, which is then entered.</summary>
    /// <param name="client">By which a backend may be chosen.</param>
    /// <param name="reach">Reaches one within a limit, or throws a <see cref="SocketException"/> or <see cref="AuthenticationException"/>.</param>
    /// <returns>Null when none was reached, which the operator has been told, or the relay ends.</returns>
    /// <exception cref="SocketCallException">This process or machine has run out of something; no other backend would help.</exception>
    public async Task<T?> ReachAsync<T>(KernelAddress client, Func<Backend, TimeSpan, Task<T>> reach)
        where T : class
    {
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            while (true)
            {
                bool isAnyFull = false;
                Backend[] order = _choice.Order(client);
                for (int i = 0; i < order.Length; i++)
                {
                    TimeSpan limit = LimitOf(TimeProvider.System.GetElapsedTime(start), left: order.Length - i);
                    if (limit == TimeSpan.Zero)
                        break;
                    (T? reached, bool isFull) = await TryAsync(order[i], limit, reach).ConfigureAwait(false);
                    if (reached is not null)
                        return reached;
                    isAnyFull |= isFull;
                }

                if (!isAnyFull || LimitOf(TimeProvider.System.GetElapsedTime(start) + s_pauseWhileFull, left: 1) == TimeSpan.Zero)
                    break;
                await Task.Delay(s_pauseWhileFull, Ending).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        if (!options.IsOnce)
            notices.Report(ServerEventKind.NoBackend, "no backend answers; clients are turned away until one does");
        return null;
    }

    private async Task<(T? Reached, bool IsFull)> TryAsync<T>(Backend backend, TimeSpan limit, Func<Backend, TimeSpan, Task<T>> reach)
        where T : class
    {
        T? reached = null;
        bool isFull = false;
        backend.Enter();
        try
        {
            reached = await reach(backend, limit).ConfigureAwait(false);
            TakeBack(backend);
        }
        catch (SocketCallException failure) when (failure.Errno is Errno.EAGAIN)
        {
            isFull = true;
        }
        catch (SocketException failure) when (Shortage.KindOf(failure) is null)
        {
            MarkDown(backend, ServerEventKind.BackendDown, failure.Message, (failure as SocketCallException)?.Errno.ToString());
        }
        catch (AuthenticationException failure)
        {
            MarkDown(backend, ServerEventKind.TlsFailed, $"backend {backend}: {failure.Message}", failure.Message);
        }
        finally
        {
            if (reached is null)
                backend.Leave();
        }

        return (reached, isFull);
    }

    // What is left is shared among those that are left, so that one which is silent does not cost the client the others.
    private TimeSpan LimitOf(TimeSpan elapsed, int left)
    {
        if (options.ConnectTimeout == Timeout.InfiniteTimeSpan)
            return Timeout.InfiniteTimeSpan;
        TimeSpan remaining = options.ConnectTimeout - elapsed;
        if (remaining <= TimeSpan.Zero)
            return TimeSpan.Zero;
        TimeSpan share = remaining / left;
        return share >= s_leastAttempt ? share : remaining < s_leastAttempt ? remaining : s_leastAttempt;
    }

    // Who relays once wants the whole reason; who relays for long wants to know what happens now.
    private void MarkDown(Backend backend, ServerEventKind kind, string whole, string? brief)
    {
        if (!backend.TryMarkDown())
            return;
        string then = Probes ? $"probed every {options.ProbeInterval.TotalSeconds:0.###} s" : "not probed";
        options.OnEvent?.Invoke(new ServerEvent(kind, options.IsOnce ? whole : $"backend {backend}: {brief ?? whole}; down, {then}"));
        if (Probes)
            _ = ProbeAsync(backend);
    }

    private void TakeBack(Backend backend)
    {
        if (backend.IsDown && backend.TryMarkUp())
            options.OnEvent?.Invoke(new ServerEvent(ServerEventKind.BackendBack, $"backend {backend} is back"));
    }

    // Until it answers, to us or to a client that had nobody else, or the relay ends.
    private async Task ProbeAsync(Backend backend)
    {
        using var timer = new PeriodicTimer(options.ProbeInterval);
        try
        {
            while (backend.IsDown && await timer.WaitForNextTickAsync(Ending).ConfigureAwait(false))
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
            await probe(backend, Ending).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or AuthenticationException)
        {
            return failure is SocketCallException { Errno: Errno.EAGAIN };
        }
    }
}
