using Weir.Packets.Flows;

namespace Weir.Cli.Capturing;

/// <summary>The owners of the two flows that came last: packets come in bunches, of one flow or of both its directions. What is known is good for a tenth of a second.</summary>
internal sealed class RecentOwners
{
    private const long LifeNs = 100_000_000;

    private Slot _last;
    private Slot _before;

    /// <summary>Null when it has to be found out.</summary>
    public FlowOwner? Find(in FrameView frame)
    {
        if (_last.IsOf(frame))
            return _last.Owner;
        if (!_before.IsOf(frame))
            return null;
        (_last, _before) = (_before, _last);
        return _last.Owner;
    }

    public void Add(in FrameView frame, FlowOwner owner)
    {
        if (FlowPattern.Of(frame.Bytes, frame.Link) is { } pattern)
            (_last, _before) = (new Slot(pattern, owner, frame.TimestampNs), _last);
    }

    public void Forget() => _last = _before = default;

    private readonly record struct Slot(FlowPattern? Pattern, FlowOwner? Owner, long SinceNs)
    {
        // A clock that was set back ends it too.
        public bool IsOf(in FrameView frame) =>
            Pattern is not null && (ulong)(frame.TimestampNs - SinceNs) < LifeNs && Pattern.Matches(frame.Bytes, frame.Link);
    }
}
