using Weir.Linux;

namespace Weir.Wire;

/// <summary>Whose frames a batch sends: it is told of each what the kernel did with it, and not before.</summary>
internal interface IFrameOrigin
{
    /// <param name="frame">Null for one that nobody looks at.</param>
    /// <param name="leftAt">When the call began that took it: the receiver may have it before that call returns.</param>
    void Left(WireFrame? frame, long leftAt);

    /// <param name="frame">As of <see cref="Left"/>.</param>
    /// <param name="errno">Why the kernel did not take it.</param>
    void Refused(WireFrame? frame, Errno errno);
}
