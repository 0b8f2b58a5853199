namespace Weir.Packets.Timelines;

/// <summary>What became of a segment on its way.</summary>
public enum SegmentFate
{
    /// <summary>It arrived, as far as is known.</summary>
    Arrived,

    Lost,

    /// <summary>It was held back on purpose, and has arrived when it has a time of arrival.</summary>
    Held,

    /// <summary>This is the copy that the path made.</summary>
    Duplicated,

    /// <summary>It arrived with bits turned, so the receiver dropped it.</summary>
    Corrupted,
}
