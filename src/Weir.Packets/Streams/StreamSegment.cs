using Weir.Packets.Dissection;

namespace Weir.Packets.Streams;

/// <summary>A segment's place in its stream.</summary>
/// <param name="From">The direction that it belongs to.</param>
/// <param name="To">The other one, which its acknowledgment is about.</param>
public readonly record struct StreamSegment(TcpStream Stream, TcpDirection From, TcpDirection To)
{
    /// <summary>Counted from the SYN, which is 0.</summary>
    public long Sequence { get; init; }

    /// <summary>Where the next segment begins: a SYN and a FIN take one each.</summary>
    public long NextSequence { get; init; }

    /// <summary>The next byte that the sender expects; null without an ACK.</summary>
    public long? Acknowledgment { get; init; }

    /// <summary>How much more the sender takes; null when the capture doesn't tell how windows are scaled.</summary>
    public long? WindowBytes { get; init; }

    public bool IsFromInitiator => ReferenceEquals(From, Stream.Initiator);

    /// <summary>As it stands in the header.</summary>
    internal SequenceNumber RawAcknowledgment { get; init; }

    /// <summary>Where a block of the segment's SACK option lies: as far from the acknowledgment as in the header, however far the stream has come since.</summary>
    public (long Left, long Right) Position(SackBlock block)
    {
        if (Acknowledgment is not { } acknowledged)
            return (To.Position(block.Left), To.Position(block.Right));
        return (acknowledged + (block.Left - RawAcknowledgment), acknowledged + (block.Right - RawAcknowledgment));
    }
}
