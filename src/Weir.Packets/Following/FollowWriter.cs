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
    private bool _hasReturn;

    /// <summary>Shows the next piece.</summary>
    public void Write(FollowedPiece piece)
    {
        if (_side != piece.Side || piece.MissingBytes > 0)
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
    public void End() => EndLine();

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
        foreach (byte each in bytes)
        {
            if (each == '\n')
            {
                text.Append(_isInLine ? "" : Mark.TrimEnd()).Append(writer.NewLine);
                (_isInLine, _hasReturn) = (false, false);
                continue;
            }

            AppendReturn(text);
            // It belongs to the end of its line, if that comes, maybe in the next piece.
            _hasReturn = each == '\r';
            if (_hasReturn)
                continue;
            StartLine(text);
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

    private void AppendReturn(StringBuilder text)
    {
        if (!_hasReturn)
            return;
        StartLine(text);
        text.Append("\\x0d");
        _hasReturn = false;
    }

    private void EndLine()
    {
        var text = new StringBuilder();
        AppendReturn(text);
        if (_isInLine)
            writer.WriteLine(text);
        _isInLine = false;
    }
}
