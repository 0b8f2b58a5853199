using Weir.Linux;

namespace Weir.Cli.Listening;

/// <summary>What <c>weir listen</c> tells while it runs: lines for people, or JSON lines. On standard error when records have standard output.</summary>
internal abstract class ListenReport
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public static ListenReport Create(ListenSettings settings)
    {
        bool useStandardError = settings.Target.IsStandardOutput;
        return settings.Json ? new ListenJsonReport(useStandardError) : new ListenTextReport(useStandardError);
    }

    /// <summary>Ends, with the reason, when what is told can no longer be written; EPIPE when its reader has gone.</summary>
    public virtual Task<Errno> OutputLost { get; } = new TaskCompletionSource<Errno>().Task;

    public abstract void OnListening(Collector collector, LoopGroup loops, ListenSettings settings);

    /// <summary>The listeners came from a process that ends now.</summary>
    public abstract void OnTookOver(HandoverPeer from);

    /// <summary>The listeners went to the next process.</summary>
    public abstract void OnHandedOver(HandoverPeer to, int connections);

    public abstract void OnEvent(ServerEvent happening);

    public abstract void OnDraining(CollectorStatistics statistics, TimeSpan limit);

    public abstract void OnStopped(CollectorStatistics statistics, bool isComplete);

    /// <summary>Reports once per second until the task ends.</summary>
    public async Task StreamStatusUntilAsync(Collector collector, Task end)
    {
        // With nobody to look at it the process stays asleep.
        if (!ShowsStatus)
        {
            await end.ConfigureAwait(false);
            return;
        }

        var last = new ListenStatus(collector.Statistics, TimeProvider.System.GetTimestamp());
        while (await Task.WhenAny(end, Task.Delay(s_interval)).ConfigureAwait(false) != end)
        {
            ListenStatus now = last.Next(collector.Statistics, TimeProvider.System.GetTimestamp());
            OnStatus(now);
            last = now;
        }
    }

    protected abstract bool ShowsStatus { get; }

    protected abstract void OnStatus(ListenStatus status);
}
