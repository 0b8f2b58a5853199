using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Sockets;

/// <summary>Percent-encoding (RFC 3986, section 2.1) between bytes and the text of a path or of an option's value.</summary>
internal static class PercentEncoding
{
    /// <summary>Appends bytes as text: readable UTF-8 stays as it is, everything that would end or garble a URL becomes %XX.</summary>
    internal static void Append(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == OperationStatus.Done;
            if (valid && IsPlain(rune)) text.Append(units[..rune.EncodeToUtf16(units)]);
            else foreach (byte value in bytes[..consumed]) text.Append('%').Append(value.ToString("X2"));
            bytes = bytes[consumed..];
        }
    }

    /// <summary>The byte of the escape at <paramref name="index"/>, which is that of a percent sign.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, int index, out byte value)
    {
        value = 0;
        return index + 3 <= text.Length
            && byte.TryParse(text.Slice(index + 1, 2), NumberStyles.AllowHexSpecifier, null, out value);
    }

    /// <summary>Whether a character may stand for itself; the others are written as escapes.</summary>
    internal static bool IsPlain(Rune rune) => IsVisible(rune) && rune.Value is not ('%' or '?' or '#' or '&');

    /// <summary>Whether a character shows as itself: no white space, no control, nothing that changes the text around it.</summary>
    internal static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
