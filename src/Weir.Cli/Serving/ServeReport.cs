using Weir.Linux;

namespace Weir.Cli.Serving;

/// <summary>What <c>weir serve</c> tells while it runs: lines for people, or JSON lines.</summary>
internal abstract class ServeReport : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public static ServeReport Create(bool json) => json ? new ServeJsonReport() : new ServeTextReport();

    /// <summary>Ends, with the reason, when what is told can no longer be written; EPIPE when its reader has gone.</summary>
    public virtual Task<Errno> OutputLost { get; } = new TaskCompletionSource<Errno>().Task;

    public abstract void OnListening(Server server, LoopGroup loops, ServeHandler handler);

    /// <summary>The listeners came from a process that ends now.</summary>
    public abstract void OnTookOver(HandoverPeer from);

    /// <summary>The listeners went to the next process.</summary>
    public abstract void OnHandedOver(HandoverPeer to, int connections);

    public abstract void OnEvent(ServerEvent happening);

    public abstract void OnDraining(int connections, TimeSpan limit);

    public abstract void OnStopped(ServerStatistics statistics, bool aborted);

    /// <summary>Reports once per second until the task ends.</summary>
    public async Task StreamStatusUntilAsync(Server server, Task end)
    {
        // With nobody to look at it the process stays asleep.
        if (!ShowsStatus)
        {
            await end.ConfigureAwait(false);
            return;
        }

        var last = new ServeStatus(server.Statistics, TimeProvider.System.GetTimestamp());
        while (await Task.WhenAny(end, Task.Delay(s_interval)).ConfigureAwait(false) != end)
        {
            ServeStatus now = last.Next(server.Statistics, TimeProvider.System.GetTimestamp());
            OnStatus(now);
            last = now;
        }
    }

    public virtual void Dispose()
    {
    }

    protected abstract bool ShowsStatus { get; }

    protected abstract void OnStatus(ServeStatus status);
}
