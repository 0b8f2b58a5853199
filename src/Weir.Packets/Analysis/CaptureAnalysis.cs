using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Analysis;

/// <summary>Judges the TCP segments of a capture, each in its stream. Not for several threads at once.</summary>
public sealed class CaptureAnalysis
{
    /// <summary>The most streams that are judged; segments of further ones are counted in <see cref="SkippedSegments"/>.</summary>
    public const int MaxStreams = 100_000;

    private readonly StreamTable _table = new();
    private readonly Dictionary<TcpStream, StreamAnalysis> _byStream = [];
    private readonly List<StreamAnalysis> _streams = [];

    /// <summary>In the order of their first packets.</summary>
    public IReadOnlyList<StreamAnalysis> Streams => _streams;

    /// <summary>Fragments of TCP segments, and segments of more streams than there is room for.</summary>
    public long SkippedSegments { get; private set; }

    /// <summary>Judges the next packet, with a stream table of its own; null when it is no TCP segment, or one that is skipped.</summary>
    public SegmentAnalysis? Add(Packet packet) => Add(packet, out _);

    /// <inheritdoc cref="Add(Packet)"/>
    /// <param name="packet">In the capture's order.</param>
    /// <param name="place">Its place in its stream.</param>
    public SegmentAnalysis? Add(Packet packet, out StreamSegment place)
    {
        ArgumentNullException.ThrowIfNull(packet);
        place = default;
        if (packet is { Ip.IsFragment: true, Tcp: not null })
        {
            SkippedSegments++;
            return null;
        }

        if (_table.Observe(packet) is not { } found)
            return null;
        place = found;
        return Add(packet, found);
    }

    /// <summary>Judges the next packet, whose place the caller's own stream table has told; null when there is no room for its stream.</summary>
    /// <param name="packet">In the capture's order.</param>
    /// <param name="place">Always of the same table.</param>
    public SegmentAnalysis? Add(Packet packet, StreamSegment place)
    {
        if (!_byStream.TryGetValue(place.Stream, out StreamAnalysis? stream))
        {
            if (_streams.Count == MaxStreams)
            {
                SkippedSegments++;
                return null;
            }

            stream = new StreamAnalysis(place.Stream);
            _byStream.Add(place.Stream, stream);
            _streams.Add(stream);
        }

        return stream.Add(packet, place);
    }
}
