using System.Numerics;

namespace Weir.Packets.Analysis;

/// <summary>What one end of a stream has sent.</summary>
public sealed class StreamSideTotals
{
    private int[] _findings = new int[FindingText.All.Count];

    public long Segments { get; private set; }

    /// <summary>Bytes of the stream that it reached, each counted once, those between captured ones included.</summary>
    public long StreamBytes { get; internal set; }

    /// <summary>Payload of all segments, repeated ones included.</summary>
    public long PayloadBytes { get; private set; }

    public long RetransmittedSegments { get; private set; }

    public long RetransmittedBytes { get; private set; }

    /// <summary>How many of its segments were found to be something.</summary>
    /// <param name="finding">One of them.</param>
    public int Count(SegmentFindings finding) =>
        BitOperations.IsPow2((int)finding) ? _findings[BitOperations.Log2((uint)finding)] : throw new ArgumentException("one finding", nameof(finding));

    /// <summary>As it is now, for those who keep it.</summary>
    internal StreamSideTotals Copy()
    {
        var copy = (StreamSideTotals)MemberwiseClone();
        copy._findings = [.. _findings];
        return copy;
    }

    internal void Add(in SegmentAnalysis segment)
    {
        Segments++;
        PayloadBytes += segment.LengthBytes;
        if (segment.IsRetransmission)
        {
            RetransmittedSegments++;
            RetransmittedBytes += segment.LengthBytes;
        }

        for (uint rest = (uint)segment.Findings; rest != 0; rest &= rest - 1)
            _findings[BitOperations.TrailingZeroCount(rest)]++;
    }
}
