namespace Weir.Packets.Analysis;

/// <summary>
/// What is remarkable about a segment, as far as the packets seen before it show. Where tshark has the same name in tcp.analysis, the meaning is
/// the same, with the exceptions that are named here. A reset is no part of its stream: tshark takes its number for the stream's end.
/// </summary>
[Flags]
public enum SegmentFindings
{
    None = 0,

    /// <summary>Carries what was sent before, and nothing says why. RFC 6298's timer is the usual reason.</summary>
    Retransmission = 1 << 0,

    /// <summary>Sent again within 20 ms of duplicate acknowledgments that ask for it (RFC 5681, section 3.2).</summary>
    FastRetransmission = 1 << 1,

    /// <summary>Sent again although it was acknowledged before.</summary>
    SpuriousRetransmission = 1 << 2,

    /// <summary>Beside <see cref="Retransmission"/>: probably a probe for a lost tail (RFC 8985, section 7). tshark has no such finding.</summary>
    TailLossProbe = 1 << 3,

    /// <summary>Comes after its successors, too soon for having been sent again.</summary>
    OutOfOrder = 1 << 4,

    /// <summary>Begins beyond what was seen of its sender.</summary>
    PreviousSegmentNotCaptured = 1 << 5,

    /// <summary>Acknowledges what was not seen.</summary>
    AcknowledgesUnseen = 1 << 6,

    DuplicateAck = 1 << 7,

    /// <summary>Fills the receiver's window to its last byte.</summary>
    WindowFull = 1 << 8,

    /// <summary>Its sender has no room.</summary>
    ZeroWindow = 1 << 9,

    /// <summary>
    /// Asks whether a window is still closed. Linux asks with an old sequence number and no byte, which tshark calls a keep-alive.
    /// </summary>
    ZeroWindowProbe = 1 << 10,

    /// <summary>Says that the window is still closed. tshark does not see it when it took the probe for a keep-alive.</summary>
    ZeroWindowProbeAck = 1 << 11,

    KeepAlive = 1 << 12,

    KeepAliveAck = 1 << 13,

    /// <summary>Says nothing but how much room there is now.</summary>
    WindowUpdate = 1 << 14,

    /// <summary>Ends the connection at once; <see cref="SegmentAnalysis.Reset"/> says why.</summary>
    Reset = 1 << 15,

    /// <summary>Tells the sender what arrived twice (RFC 2883).</summary>
    DuplicateSack = 1 << 16,
}
