using System.Net;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Flows;
using Weir.Packets.Following;
using Weir.Packets.Streams;

namespace Weir.Cli.Capturing;

/// <summary>The conversations of a capture, of which one is put together.</summary>
internal sealed class FollowedStreams(FollowTarget target)
{
    private readonly StreamTable _streams = new();
    private readonly DatagramTable _datagrams = new();
    private readonly StreamFollower _stream = new();
    private readonly DatagramFollower _flow = new();
    private readonly IPEndPoint?[] _ends = new IPEndPoint?[2];

    /// <summary>How many of the protocol were seen.</summary>
    public long Count => target.IsDatagrams ? _datagrams.Count : _streams.Count;

    /// <summary>Whether the one that is followed was among them.</summary>
    public bool IsFound => _ends[0] is not null;

    public IPEndPoint End(StreamSide side) => _ends[(int)side]!;

    public IReadOnlyList<FollowedPiece> Add(Packet packet)
    {
        if (target.IsDatagrams)
            return _datagrams.Observe(packet) is { } place && place.Flow == target.Number ? Add(packet, place) : [];
        return _streams.Observe(packet) is { } segment && segment.Stream.Number == target.Number ? Add(packet, segment) : [];
    }

    /// <summary>What still waited for missing bytes.</summary>
    public IReadOnlyList<FollowedPiece> Finish() => _stream.End();

    private IReadOnlyList<FollowedPiece> Add(Packet packet, DatagramPlace place)
    {
        (_ends[0], _ends[1]) = (place.Initiator, place.Responder);
        return _flow.Add(packet, place);
    }

    private IReadOnlyList<FollowedPiece> Add(Packet packet, StreamSegment segment)
    {
        _ends[0] ??= new IPEndPoint(segment.Stream.Initiator.Address, segment.Stream.Initiator.Port);
        _ends[1] ??= new IPEndPoint(segment.Stream.Responder.Address, segment.Stream.Responder.Port);
        return _stream.Add(packet, segment);
    }
}
