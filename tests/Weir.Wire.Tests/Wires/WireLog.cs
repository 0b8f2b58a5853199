using System.Collections.Concurrent;

namespace Weir.Wire.Tests.Wires;

/// <summary>Keeps what it observes.</summary>
internal sealed class WireLog : IWireObserver
{
    private readonly ConcurrentQueue<WireEvent> _events = new();

    public IReadOnlyList<WireEvent> Events => [.. _events];

    public void Observed(in WireEvent happened) => _events.Enqueue(happened);
}
