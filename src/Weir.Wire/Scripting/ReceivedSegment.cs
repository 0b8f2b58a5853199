using System.Text;
using Weir.Packets;
using Weir.Packets.Dissection;

namespace Weir.Wire;

/// <summary>A segment of a script's exchange, its numbers counted from each side's SYN.</summary>
public sealed class ReceivedSegment
{
    private static readonly (TcpFlags Flag, char Letter)[] s_letters =
    [
        (TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'),
        (TcpFlags.Urg, 'U'), (TcpFlags.Ece, 'E'), (TcpFlags.Cwr, 'W'), (TcpFlags.Ack, '.'),
    ];

    internal ReceivedSegment(Packet packet, long arrivedAt, uint senderFirst, uint receiverFirst)
    {
        Packet = packet;
        ArrivedAt = arrivedAt;
        Sequence = unchecked((int)(Header.Sequence.Value - senderFirst));
        Acknowledgment = Header.IsAck ? unchecked((int)(Header.Acknowledgment.Value - receiverFirst)) : 0;
        SackBlocks = [.. Header.Options.SackBlocks.Select(block => ((long)(int)(block.Left.Value - receiverFirst), (long)(int)(block.Right.Value - receiverFirst)))];
    }

    public Packet Packet { get; }

    /// <summary>As <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</summary>
    public long ArrivedAt { get; }

    /// <summary>From the sender's SYN, which is 0.</summary>
    public long Sequence { get; }

    /// <summary>From the receiver's SYN, which is 0; 0 without ACK.</summary>
    public long Acknowledgment { get; }

    /// <summary>Counted as <see cref="Acknowledgment"/> is.</summary>
    public IReadOnlyList<(long From, long To)> SackBlocks { get; }

    public TcpHeader Header => Packet.Tcp!;

    public ReadOnlyMemory<byte> Data => Packet.Payload;

    /// <summary>How much of the sequence it takes: its bytes, and one each for SYN and FIN.</summary>
    public int SequenceLength => Data.Length + (Header.IsSyn ? 1 : 0) + (Header.IsFin ? 1 : 0);

    /// <summary>tcpdump's way: <c>[S.] seq 0 ack 1 win 64000 len 0 &lt;mss 1000&gt;</c>.</summary>
    public override string ToString()
    {
        string letters = string.Concat(s_letters.Where(entry => Header.Flags.HasFlag(entry.Flag)).Select(entry => entry.Letter));
        StringBuilder text = new StringBuilder($"[{letters}] seq {Sequence}");
        if (Header.IsAck)
            text.Append($" ack {Acknowledgment}");
        text.Append($" win {Header.Window} len {Data.Length}");
        string[] options = [.. Options()];
        if (options.Length > 0)
            text.Append($" <{string.Join(", ", options)}>");
        return text.ToString();
    }

    internal static ReceivedSegment Of(byte[] frame, long at, uint senderFirst, uint receiverFirst) => new(
        Packet.Dissect(new CapturedFrame(LinkType.Ethernet, TimestampNs: 0, frame, frame.Length)), at, senderFirst, receiverFirst);

    private IEnumerable<string> Options()
    {
        TcpOptions options = Header.Options;
        if (options.MaximumSegmentBytes is int mss)
            yield return $"mss {mss}";
        if (options.SackPermitted)
            yield return "sackOK";
        if (options.Timestamps is { } times)
            yield return $"ts {times.Value} {times.EchoReply}";
        if (options.WindowScale is int scale)
            yield return $"wscale {scale}";
        if (SackBlocks.Count > 0)
            yield return $"sack {string.Join(' ', SackBlocks.Select(block => $"{block.From}:{block.To}"))}";
    }
}
