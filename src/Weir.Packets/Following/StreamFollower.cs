using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Following;

/// <summary>
/// Puts together what both ends of a TCP stream said: repeated bytes come once, what comes too early waits. Not for several threads at once.
/// </summary>
public sealed class StreamFollower
{
    private readonly FollowedSide _initiator;
    private readonly FollowedSide _responder;
    private TcpStream? _stream;

    /// <param name="limits">How much waits for missing bytes; their defaults when null.</param>
    public StreamFollower(FollowLimits? limits = null)
    {
        limits ??= FollowLimits.Default;
        ArgumentOutOfRangeException.ThrowIfNegative(limits.MaxWaitingBytes, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfNegative(limits.MaxWaitingPieces, nameof(limits));
        _initiator = new FollowedSide(StreamSide.Initiator, limits);
        _responder = new FollowedSide(StreamSide.Responder, limits);
    }

    /// <summary>Takes the stream's next packet, and returns what is in order now. The pieces' memory is the packets' or their own.</summary>
    /// <param name="packet">In the capture's order.</param>
    /// <param name="place">What a stream table says of it; always of the same stream.</param>
    /// <exception cref="ArgumentException">It is of another stream than the first one was.</exception>
    public IReadOnlyList<FollowedPiece> Add(Packet packet, StreamSegment place)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _stream ??= place.Stream;
        if (place.Stream != _stream)
            throw new ArgumentException("The segment is of another stream.", nameof(place));
        var pieces = new List<FollowedPiece>();
        FollowedSide sender = place.IsFromInitiator ? _initiator : _responder;
        FollowedSide receiver = place.IsFromInitiator ? _responder : _initiator;
        // A reset's numbers may be anything.
        if (packet.Tcp is not { IsReset: false } tcp)
            return pieces;
        // What the receiver acknowledges will not be sent again.
        if (place.Acknowledgment is { } acknowledged)
            receiver.GiveUpBefore(acknowledged, pieces);
        if (packet.PayloadBytes > 0)
            sender.Add(place.Sequence + (tcp.IsSyn ? 1 : 0), packet.Payload, packet.PayloadBytes, pieces);
        return pieces;
    }

    /// <summary>What still waits when there are no more packets, with the gaps before it.</summary>
    public IReadOnlyList<FollowedPiece> End()
    {
        var pieces = new List<FollowedPiece>();
        _initiator.GiveUpBefore(long.MaxValue, pieces);
        _responder.GiveUpBefore(long.MaxValue, pieces);
        return pieces;
    }
}
