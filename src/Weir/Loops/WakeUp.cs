using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;

namespace Weir.Loops;

/// <summary>What ends a loop's wait from another thread, among the loop's sources.</summary>
internal sealed class WakeUp : IReadySource, IDisposable
{
    private readonly EventDescriptor _event = new();

    public SafeFd Fd => _event.Fd;

    public ulong Token { get; set; }

    public PollEvents Wanted => PollEvents.Readable;

    public void Signal() => _event.Signal();

    public void OnReady(PollEvents events) => _event.Clear();

    public void Dispose() => _event.Dispose();
}
