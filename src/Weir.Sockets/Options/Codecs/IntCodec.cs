using System.Globalization;
using System.Runtime.InteropServices;

namespace Weir.Sockets;

/// <summary>A whole number in a C int; the range holds for text, and the kernel judges the rest.</summary>
internal class IntCodec(int min, int max, string? unit = null) : OptionCodec<int>
{
    internal override int SizeBytes => sizeof(int);

    internal override string Syntax => $"{unit ?? "a number"} from {min} to {max}";

    private protected int Min => min;

    private protected int Max => max;

    internal override int Encode(int value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, value);
        return sizeof(int);
    }

    // Some options of level IPPROTO_IP answer with one byte when they are asked for fewer than four.
    internal override int Decode(ReadOnlySpan<byte> bytes) => bytes.Length == 1 ? bytes[0] : MemoryMarshal.Read<int>(bytes);

    internal override bool TryParse(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        && text[0] != '+' && value >= min && value <= max;

    internal override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);
}
