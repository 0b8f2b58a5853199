using System.Globalization;

namespace Weir.Sockets;

/// <summary>A number of bytes in a C int; text may end in k, M or G, which count in 1024s.</summary>
internal sealed class ByteCountCodec(int min, int max) : IntCodec(min, max)
{
    private static readonly (char Suffix, int Shift)[] s_suffixes = [('G', 30), ('M', 20), ('k', 10)];

    internal override string Syntax => $"bytes from {Min} to {Max}, such as 65536, 64k or 4M";

    internal override bool TryParse(ReadOnlySpan<char> text, out int value)
    {
        int shift = 0;
        foreach ((char suffix, int suffixShift) in s_suffixes)
        {
            if (text.IsEmpty || char.ToUpperInvariant(text[^1]) != char.ToUpperInvariant(suffix)) continue;
            shift = suffixShift;
            text = text[..^1];
            break;
        }

        value = 0;
        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) return false;
        ulong bytes = (ulong)number << shift;
        if (bytes < (ulong)Min || bytes > (ulong)Max) return false;
        value = (int)bytes;
        return true;
    }

    internal override string Format(int value)
    {
        foreach ((char suffix, int shift) in s_suffixes)
        {
            if (value > 0 && value % (1 << shift) == 0) return $"{value >> shift}{suffix}";
        }

        return base.Format(value);
    }
}
