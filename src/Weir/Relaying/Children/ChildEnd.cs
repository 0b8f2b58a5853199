namespace Weir;

/// <summary>An end where a command reads and writes.</summary>
internal sealed class ChildEnd : RelayEnd
{
    // What descendants of a child that has ended may still write, when they have its output.
    private static readonly TimeSpan s_lateOutput = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _child;
    private readonly DescriptorBridge _bridge;
    private readonly TimeSpan _limit;
    private readonly Action<ChildProcess> _onEnded;

    public ChildEnd(ChildProcess child, DescriptorBridge bridge, TimeSpan limit, Action<ChildProcess> onEnded)
        : base(bridge.Connection)
    {
        (_child, _bridge, _limit, _onEnded) = (child, bridge, limit, onEnded);
    }

    public override bool HasFailed => _child is { Exited.IsCompleted: true, ExitStatus: not 0 };

    /// <summary>Waits for the child, and ends it when it takes too long.</summary>
    public override async Task FinishAsync()
    {
        await _child.EndAsync(_limit).ConfigureAwait(false);
        _onEnded(_child);
    }

    public override void Abort()
    {
        _child.Hurry();
        base.Abort();
    }

    public override void StopWithMe(RelayEnd other) => _ = StopAfterChildAsync(other);

    // The last reader of a terminal's output sees EIO when nobody has the other side any more; for a pipe it is an ordinary end.
    private async Task StopAfterChildAsync(RelayEnd other)
    {
        await _child.Exited.ConfigureAwait(false);
        await Task.WhenAny(_bridge.SourceEnded, Task.Delay(s_lateOutput)).ConfigureAwait(false);
        if (!_bridge.SourceEnded.IsCompleted)
            Connection.StopReading();
        other.Connection.StopReading();
    }
}
