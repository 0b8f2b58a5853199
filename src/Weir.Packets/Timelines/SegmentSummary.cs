using System.Text;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Timelines;

/// <summary>A TCP segment in a few words: <c>SYN ACK seq=0 ack=1 win=65160</c>, <c>seq=1 len=17 ack=1</c>.</summary>
internal static class SegmentSummary
{
    private const SegmentFindings TellsWindow = SegmentFindings.ZeroWindow | SegmentFindings.WindowUpdate;

    private static readonly (TcpFlags Flag, string Name)[] s_flags =
    [
        (TcpFlags.Syn, "SYN"), (TcpFlags.Fin, "FIN"), (TcpFlags.Rst, "RST"), (TcpFlags.Urg, "URG"), (TcpFlags.Cwr, "CWR"), (TcpFlags.Ece, "ECE"),
    ];

    public static string Describe(in SegmentAnalysis segment, in StreamSegment place, TcpOptions options)
    {
        var text = new StringBuilder();
        foreach ((TcpFlags flag, string name) in s_flags)
        {
            if (segment.Flags.HasFlag(flag))
                text.Append(name).Append(' ');
        }

        bool isSyn = segment.Flags.HasFlag(TcpFlags.Syn);
        bool isAck = segment.Flags.HasFlag(TcpFlags.Ack);
        bool takesSpace = segment.LengthBytes > 0 || (segment.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != TcpFlags.None;
        // Everything acknowledges once a connection stands; it is the news of a segment that has nothing else.
        if (isAck && (isSyn || text.Length == 0) && segment.LengthBytes == 0)
            text.Append("ACK ");
        if (takesSpace || segment.Has(SegmentFindings.KeepAlive | SegmentFindings.ZeroWindowProbe))
            text.Append("seq=").Append(segment.Sequence).Append(' ');
        if (segment.LengthBytes > 0)
            text.Append("len=").Append(segment.LengthBytes).Append(' ');
        if (isAck)
            text.Append("ack=").Append(segment.Acknowledgment).Append(' ');
        if (segment.WindowBytes is { } windowBytes && (isSyn || segment.Has(TellsWindow)))
            text.Append("win=").Append(windowBytes).Append(' ');
        AppendSack(text, place, options.SackBlocks);
        return text.ToString().TrimEnd();
    }

    private static void AppendSack(StringBuilder text, in StreamSegment place, IReadOnlyList<SackBlock> blocks)
    {
        for (int index = 0; index < blocks.Count; index++)
        {
            (long left, long right) = place.Position(blocks[index]);
            text.Append(index == 0 ? "sack " : ",").Append(left).Append('-').Append(right);
        }
    }
}
