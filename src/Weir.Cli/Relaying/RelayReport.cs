using Weir.Linux;

namespace Weir.Cli.Relaying;

/// <summary>What <c>weir relay</c> tells while it runs: lines for people, JSON lines, or only what is wrong.</summary>
internal abstract class RelayReport
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public static RelayReport Create(RelaySettings settings)
    {
        if (settings.Json)
            return new RelayJsonReport(settings.UsesStandardOutput);
        return settings.UsesStandardOutput ? new RelayQuietReport() : new RelayTextReport();
    }

    /// <summary>Ends, with the reason, when what is told can no longer be written; EPIPE when its reader has gone.</summary>
    public virtual Task<Errno> OutputLost { get; } = new TaskCompletionSource<Errno>().Task;

    public abstract void OnRelaying(Relay relay, RelaySettings settings);

    /// <summary>The listener came from a process that ends now.</summary>
    public abstract void OnTookOver(HandoverPeer from);

    /// <summary>The listener went to the next process.</summary>
    public abstract void OnHandedOver(HandoverPeer to, int connections);

    public abstract void OnEvent(ServerEvent happening);

    public abstract void OnDraining(int connections, TimeSpan limit);

    public abstract void OnStopped(RelayStatistics statistics, bool aborted);

    /// <summary>Reports once per second until the task ends.</summary>
    public async Task StreamStatusUntilAsync(Relay relay, Task end)
    {
        // With nobody to look at it the process stays asleep.
        if (!ShowsStatus)
        {
            await end.ConfigureAwait(false);
            return;
        }

        var last = new RelayStatus(relay.Statistics, TimeProvider.System.GetTimestamp());
        while (await Task.WhenAny(end, Task.Delay(s_interval)).ConfigureAwait(false) != end)
        {
            last = last.Next(relay.Statistics, TimeProvider.System.GetTimestamp());
            OnStatus(last);
        }
    }

    protected virtual bool ShowsStatus => false;

    protected virtual void OnStatus(RelayStatus status)
    {
    }
}
