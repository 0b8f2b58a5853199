using System.Globalization;

namespace Weir.Sockets;

/// <summary>A number of bytes as people write it: <c>65536</c>, <c>64k</c>, <c>4M</c>, <c>1G</c>, in 1024s.</summary>
internal static class ByteCount
{
    public const string Examples = "65536, 64k or 4M";

    private static readonly (char Suffix, int Shift)[] s_suffixes = [('G', 30), ('M', 20), ('k', 10)];

    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        int shift = 0;
        foreach ((char suffix, int suffixShift) in s_suffixes)
        {
            if (text.IsEmpty || char.ToUpperInvariant(text[^1]) != char.ToUpperInvariant(suffix)) continue;
            shift = suffixShift;
            text = text[..^1];
            break;
        }

        bool isNumber = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        bytes = (long)number << shift;
        return isNumber;
    }

    /// <summary>With the largest unit that divides it.</summary>
    public static string Format(long bytes)
    {
        foreach ((char suffix, int shift) in s_suffixes)
        {
            if (bytes > 0 && bytes % (1L << shift) == 0) return $"{bytes >> shift}{suffix}";
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
