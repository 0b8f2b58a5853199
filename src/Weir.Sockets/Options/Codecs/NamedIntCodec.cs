using System.Globalization;
using System.Runtime.InteropServices;

namespace Weir.Sockets;

/// <summary>A C int whose values have names, such as the type of a socket; a value without a name is printed as its number.</summary>
internal sealed class NamedIntCodec(params (int Value, string Name)[] names) : OptionCodec<int>
{
    internal override int SizeBytes => sizeof(int);

    internal override string Syntax => $"a number or one of {string.Join(", ", names.Select(entry => entry.Name))}";

    internal override int Encode(int value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, value);
        return sizeof(int);
    }

    internal override int Decode(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<int>(bytes);

    internal override bool TryParse(ReadOnlySpan<char> text, out int value)
    {
        foreach ((int number, string name) in names)
        {
            value = number;
            if (text.SequenceEqual(name)) return true;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    internal override string Format(int value)
    {
        foreach ((int number, string name) in names)
        {
            if (number == value) return name;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
