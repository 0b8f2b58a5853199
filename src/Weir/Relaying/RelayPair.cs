using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;

namespace Weir;

/// <summary>A client and what it is relayed to.</summary>
internal sealed class RelayPair
{
    /// <summary>The client's end; null until it is ready.</summary>
    public RelayEnd? Near { get; set; }

    /// <summary>The backend's end; null until it is reached.</summary>
    public RelayEnd? Far { get; set; }

    /// <summary>The backend that was reached.</summary>
    public Backend? Backend { get; set; }

    /// <summary>Where the client is, by what it says itself when it is a proxy.</summary>
    public KernelAddress ClientAddress { get; set; }

    /// <summary>Where the client connected to.</summary>
    public KernelAddress LocalAddress { get; set; }

    public long SentToBytes => Far?.Connection.SentBytes ?? 0;

    public long SentBackBytes => Near?.Connection.SentBytes ?? 0;

    /// <summary>Moves bytes both ways until both have ended, or one was reset.</summary>
    public async Task JoinAsync()
    {
        (RelayEnd near, RelayEnd far) = (Near!, Far!);
        far.StopWithMe(near);
        near.StopWithMe(far);
        bool isPlain = near.IsPlain && far.IsPlain;
        if (!isPlain)
            await new LoopSwitch(near.Connection.Loop);
        Task there = isPlain ? StreamPump.RunAsync(near.Connection, far.Connection) : PipePump.RunAsync(near, far);
        Task back = isPlain ? StreamPump.RunAsync(far.Connection, near.Connection) : PipePump.RunAsync(far, near);
        await back.ConfigureAwait(false);
        await there.ConfigureAwait(false);
    }

    /// <summary>Whether a reset, an error or a time-out ended one of the sides.</summary>
    public bool HasFailed => HasEndFailed(Near) || HasEndFailed(Far);

    private static bool HasEndFailed(RelayEnd? end) => end is { HasFailed: true } or { Connection.Fault: not (Errno.None or Errno.EPIPE) };

    /// <summary>Whatever else belongs to the ends is over.</summary>
    public async Task FinishAsync()
    {
        if (Near is not null)
            await Near.FinishAsync().ConfigureAwait(false);
        if (Far is not null)
            await Far.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Resets both sides.</summary>
    public void Abort()
    {
        Near?.Abort();
        Far?.Abort();
    }
}
