using Weir.Linux;

namespace Weir.Wire;

/// <summary>What an observer sees of a frame: once when its fate is known, and once before when it is held.</summary>
/// <param name="LeftAt">When it left at the far end, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts; 0 when it has not left.</param>
/// <param name="Errno">Why it was <see cref="WireFate.Refused"/>.</param>
public readonly record struct WireEvent(WireDirection Direction, WireFrame Frame, WireFate Fate, long LeftAt, Errno Errno = Errno.None);

/// <summary>Sees every frame of a wire. It is called on the wire's thread, which waits meanwhile: it takes note and returns.</summary>
public interface IWireObserver
{
    void Observed(in WireEvent happened);
}
