using System.Text;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Summaries;

/// <summary><c>tcp PA seq 1:79(78) ack 1 win 65536</c>.</summary>
internal static class TcpSummary
{
    private static readonly (TcpFlags Flag, char Letter)[] s_letters =
    [
        (TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, 'A'), (TcpFlags.Urg, 'U'),
        (TcpFlags.Ece, 'E'), (TcpFlags.Cwr, 'C'), (TcpFlags.Ae, 'N'),
    ];

    public static void Append(
        StringBuilder line, Packet packet, TcpHeader tcp, StreamSegment? segment, long? windowBytes, SummaryOptions options)
    {
        line.Append(" tcp ");
        AppendFlags(line, tcp.Flags);
        AppendNumbers(line, packet, tcp, segment);
        // An unscaled window of a stream whose beginning was missed is a lower bound, if anything.
        line.Append(" win ").Append(windowBytes ?? tcp.Window).Append(windowBytes is null ? "?" : "");
        if (tcp.Flags.HasFlag(TcpFlags.Urg))
            line.Append(" urg ").Append(tcp.UrgentPointer);
        AppendOptions(line, tcp, segment, options);
        AppendRareOptions(line, tcp.Options);
    }

    public static void AppendFlags(StringBuilder line, TcpFlags flags)
    {
        if (flags == TcpFlags.None)
            line.Append("none");
        foreach ((TcpFlags flag, char letter) in s_letters)
        {
            if (flags.HasFlag(flag))
                line.Append(letter);
        }
    }

    private static void AppendNumbers(StringBuilder line, Packet packet, TcpHeader tcp, StreamSegment? segment)
    {
        long sequence = segment?.Sequence ?? tcp.Sequence.Value;
        line.Append(" seq ").Append(sequence);
        if (packet.PayloadBytes > 0)
        {
            long next = segment is null ? (tcp.Sequence + packet.PayloadBytes).Value : sequence + packet.PayloadBytes;
            line.Append(':').Append(next).Append('(').Append(packet.PayloadBytes).Append(')');
        }

        if (tcp.IsAck)
            line.Append(" ack ").Append(segment?.Acknowledgment ?? tcp.Acknowledgment.Value);
    }

    private static void AppendOptions(StringBuilder line, TcpHeader tcp, StreamSegment? segment, SummaryOptions options)
    {
        TcpOptions given = tcp.Options;
        if (given.MaximumSegmentBytes is { } mss)
            line.Append(" mss ").Append(mss);
        if (given.SackPermitted)
            line.Append(" sackOK");
        // Every later segment has them; there they say something only to whom they are looked at.
        if (given.Timestamps is { } times && options.Details)
            line.Append(" ts ").Append(times.Value).Append('/').Append(times.EchoReply);
        else if (given.Timestamps is not null && tcp.IsSyn)
            line.Append(" ts");
        if (given.WindowScale is { } scale)
            line.Append(" wscale ").Append(scale);
        AppendSack(line, given, segment);
    }

    private static void AppendSack(StringBuilder line, TcpOptions options, StreamSegment? segment)
    {
        for (int index = 0; index < options.SackBlocks.Count; index++)
        {
            bool isDuplicate = index == 0 && options.HasDuplicateSack;
            if (isDuplicate)
                line.Append(" dsack ");
            else
                line.Append(index == 0 || (index == 1 && options.HasDuplicateSack) ? " sack " : ",");
            SackBlock block = options.SackBlocks[index];
            (long left, long right) = segment?.Position(block) ?? (block.Left.Value, block.Right.Value);
            line.Append(left).Append(':').Append(right);
        }
    }

    private static void AppendRareOptions(StringBuilder line, TcpOptions options)
    {
        if (options.FastOpenCookie is { } cookie)
            line.Append(cookie.IsEmpty ? " tfo" : " tfo ").Append(Convert.ToHexStringLower(cookie.Span));
        if (options.HasMd5)
            line.Append(" md5");
        if (options.HasAuthentication)
            line.Append(" ao");
        foreach (TcpOption other in options.Others)
            line.Append(" option ").Append(other.Kind).Append('(').Append(other.Data.Length).Append(')');
    }
}
