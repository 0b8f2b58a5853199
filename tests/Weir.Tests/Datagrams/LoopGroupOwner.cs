using Weir.Testing;
using Weir.Tests.Engines;

namespace Weir.Tests.Datagrams;

/// <summary>Loops that end with the test.</summary>
internal sealed class LoopGroupOwner(EngineCase engine) : IAsyncDisposable
{
    public LoopGroup Loops { get; } = engine.CreateLoops(1, new LoopOptions());

    public ValueTask DisposeAsync() => new(Loops.DisposeAsync().AsTask().InTime());
}
