using Weir.Linux;

namespace Weir;

/// <summary>An end that is no socket: standard streams or a file.</summary>
internal sealed class BridgedEnd : RelayEnd
{
    private readonly DescriptorBridge _bridge;
    private readonly ServerNotices _notices;
    private readonly string _name;

    public BridgedEnd(DescriptorBridge bridge, string name, ServerNotices notices)
        : base(bridge.Connection)
    {
        (_bridge, _name, _notices) = (bridge, name, notices);
        _ = WatchAsync("read", bridge.SourceEnded);
        _ = WatchAsync("write", bridge.SinkEnded);
    }

    /// <summary>What was given to the sink is written, unless the connection was reset.</summary>
    public override Task FinishAsync() => Connection.Fault is Errno.None ? _bridge.SinkEnded : Task.CompletedTask;

    // An end that is no end must not look like one: the other side is reset.
    private async Task WatchAsync(string call, Task<Errno> end)
    {
        Errno failed = await end.ConfigureAwait(false);
        if (failed is Errno.None)
            return;
        // Whoever read what we write has gone, or the other side is reset and takes nothing more: quietly, as a pipe's writer ends.
        bool isQuiet = failed is Errno.EPIPE or Errno.ECONNRESET;
        Connection.Abort();
        if (!isQuiet)
            _notices.Report(ServerEventKind.StreamFailed, $"{call} {_name}: {failed}; the connection is reset");
    }
}
