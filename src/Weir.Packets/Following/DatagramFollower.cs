using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Flows;

namespace Weir.Packets.Following;

/// <summary>Tells what both ends of a UDP flow said, datagram by datagram, in the order of the capture: nothing says which are missing. Not for several threads at once.</summary>
public sealed class DatagramFollower
{
    private readonly long[] _offsets = new long[2];
    private long? _flow;

    /// <summary>Takes the flow's next datagram. The pieces' memory is the packet's: its bytes, and a gap when not all of them are there.</summary>
    /// <param name="packet">In the capture's order.</param>
    /// <param name="place">What a table says of it; always of the same flow.</param>
    /// <exception cref="ArgumentException">It is of another flow than the first one was, or no datagram.</exception>
    public IReadOnlyList<FollowedPiece> Add(Packet packet, DatagramPlace place)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _flow ??= place.Flow;
        if (place.Flow != _flow || packet is not { Ip: { } ip, Udp: { } udp })
            throw new ArgumentException("The datagram is of another flow.", nameof(place));
        StreamSide side = place.IsFromInitiator ? StreamSide.Initiator : StreamSide.Responder;
        int lengthBytes = ip.IsFragment ? Math.Max(udp.LengthBytes - UdpHeader.HeaderBytes, packet.PayloadBytes) : packet.PayloadBytes;
        var pieces = new List<FollowedPiece>();
        ref long offset = ref _offsets[(int)side];
        if (!packet.Payload.IsEmpty)
            pieces.Add(new FollowedPiece(side, offset, packet.Payload));
        int missing = lengthBytes - packet.Payload.Length;
        if (missing > 0)
            pieces.Add(new FollowedPiece(side, offset + packet.Payload.Length, default, missing, ip.IsFragment ? FollowGap.Fragmented : FollowGap.CutOff));
        offset += lengthBytes;
        return pieces;
    }
}
