using System.Text;
using Weir.Packets.Analysis;

namespace Weir.Packets.Following;

/// <summary>
/// Shows a followed stream: lines of the initiator begin with <c>&gt; </c>, those of the responder with <c>&lt; </c>, gaps with <c>! </c>. What comes
/// from the network does nothing to a terminal.
/// </summary>
public sealed class FollowWriter(TextWriter writer, FollowFormat format)
{
    private const int BytesPerLine = 16;

    private StreamSide _side;
    private bool _isInLine;

    /// <summary>Shows the next piece.</summary>
    public void Write(FollowedPiece piece)
    {
        if (_isInLine && (_side != piece.Side || piece.MissingBytes > 0))
            EndLine();
        _side = piece.Side;
        if (piece.MissingBytes > 0)
            writer.WriteLine($"! {Mark}{Describe(piece)}");
        else if (format == FollowFormat.Text)
            WriteText(piece.Bytes.Span);
        else
            WriteHex(piece);
    }

    /// <summary>Ends the last line.</summary>
    public void End()
    {
        if (_isInLine)
            EndLine();
    }

    /// <summary>The bytes alone, of a direction or both; gaps are closed.</summary>
    public static void WriteRaw(Stream output, FollowedPiece piece)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(piece.Bytes.Span);
    }

    /// <summary>A gap in words: <c>3 B missing at 2: not captured</c>.</summary>
    public static string Describe(FollowedPiece gap) => $"{gap.MissingBytes:N0} B missing at {gap.OffsetBytes:N0}{Reason(gap.Gap)}";

    private static string Reason(FollowGap gap) => gap switch
    {
        FollowGap.NotCaptured => ": not captured",
        FollowGap.CutOff => ": cut off by the capture",
        FollowGap.WaitedTooLong => ": too much came before them",
        FollowGap.Fragmented => ": in later fragments",
        _ => "",
    };

    private string Mark => _side == StreamSide.Initiator ? "> " : "< ";

    private void WriteText(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (int index = 0; index < bytes.Length; index++)
        {
            byte each = bytes[index];
            if (each == '\n')
            {
                StartLine(text);
                text.Append(writer.NewLine);
                _isInLine = false;
                continue;
            }

            StartLine(text);
            bool endsLine = each == '\r' && index + 1 < bytes.Length && bytes[index + 1] == '\n';
            if (endsLine)
                continue;
            text.Append(each is >= 0x20 and < 0x7F or (byte)'\t' ? ((char)each).ToString() : $"\\x{each:x2}");
        }

        writer.Write(text);
    }

    private void WriteHex(FollowedPiece piece)
    {
        ReadOnlySpan<byte> rest = piece.Bytes.Span;
        for (long offset = piece.OffsetBytes; !rest.IsEmpty; offset += BytesPerLine)
        {
            ReadOnlySpan<byte> line = rest[..Math.Min(BytesPerLine, rest.Length)];
            rest = rest[line.Length..];
            var text = new StringBuilder($"{Mark}{offset:x8} ");
            for (int index = 0; index < BytesPerLine; index++)
                text.Append(index == BytesPerLine / 2 ? "  " : " ").Append(index < line.Length ? line[index].ToString("x2") : "  ");
            text.Append("  ");
            foreach (byte each in line)
                text.Append(each is >= 0x20 and < 0x7F ? (char)each : '.');
            writer.WriteLine(text);
        }
    }

    private void StartLine(StringBuilder text)
    {
        if (!_isInLine)
            text.Append(Mark);
        _isInLine = true;
    }

    private void EndLine()
    {
        writer.WriteLine();
        _isInLine = false;
    }
}
