using Weir.Packets.Dissection;

namespace Weir.Packets.Analysis;

/// <summary>What the rules look at.</summary>
internal readonly record struct Segment(
    long TimeNs, SequenceNumber Sequence, SequenceNumber Acknowledgment, TcpFlags Flags, int LengthBytes, int Window, TcpOptions Options)
{
    private const TcpFlags Control = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    public static Segment From(Packet packet)
    {
        TcpHeader tcp = packet.Tcp!;
        return new Segment(
            packet.Frame.TimestampNs, tcp.Sequence, tcp.Acknowledgment, tcp.Flags, packet.PayloadBytes, tcp.Window, tcp.Options);
    }

    public bool IsSyn => (Flags & TcpFlags.Syn) != TcpFlags.None;

    public bool IsFin => (Flags & TcpFlags.Fin) != TcpFlags.None;

    public bool IsReset => (Flags & TcpFlags.Rst) != TcpFlags.None;

    public bool IsAck => (Flags & TcpFlags.Ack) != TcpFlags.None;

    /// <summary>Neither begins nor ends anything.</summary>
    public bool IsPlain => (Flags & Control) == TcpFlags.None;

    /// <summary>Whether it takes up sequence numbers.</summary>
    public bool TakesSpace => LengthBytes > 0 || IsSyn || IsFin;

    /// <summary>The number after its last.</summary>
    public SequenceNumber End => Sequence + (LengthBytes + (IsSyn || IsFin ? 1 : 0));
}
