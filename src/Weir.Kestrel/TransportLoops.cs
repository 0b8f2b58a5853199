using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Weir.Kestrel;

/// <summary>The loops of one host, its options and its memory pool: what listeners and connections share.</summary>
internal sealed class TransportLoops : IAsyncDisposable, IDisposable
{
    public TransportLoops(IOptions<WeirTransportOptions> options, ILoggerFactory logging, IMemoryPoolFactory<byte>? pools = null)
    {
        Options = options.Value;
        Options.ThrowIfInvalid();
        Log = logging.CreateLogger(TransportLog.Category);
        MemoryPool = pools?.Create() ?? MemoryPool<byte>.Shared;
        ConnectionOptions = Options.ToConnectionOptions();
        Group = new LoopGroup(Options.Loops, new LoopOptions
        {
            Engine = Options.Engine,
            Scheduling = Options.Scheduling,
            StallThreshold = Options.StallThreshold,
            BlockSizeBytes = Options.BlockSizeBytes,
        });
        if (Group.EngineRefusal is { } refusal)
            TransportLog.EngineRefused(Log, refusal);
        Group.Stalled += OnStalled;
        string where = Options.Scheduling == LoopScheduling.Inline ? "on its loops" : "on the thread pool";
        TransportLog.Started(Log, Group.Count, Group.Count == 1 ? "loop" : "loops", Group.EngineName, where);
    }

    public WeirTransportOptions Options { get; }

    public ConnectionOptions ConnectionOptions { get; }

    public LoopGroup Group { get; }

    public MemoryPool<byte> MemoryPool { get; }

    public ILogger Log { get; }

    // A container that is disposed in the old way does not know the other.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await Group.DisposeAsync().ConfigureAwait(false);
        MemoryPool.Dispose();
    }

    private void OnStalled(LoopStall stall) =>
        TransportLog.LoopStalled(Log, stall.LoopName, (long)stall.Duration.TotalMilliseconds, stall.Connections);
}
