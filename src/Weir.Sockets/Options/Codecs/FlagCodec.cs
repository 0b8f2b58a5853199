using System.Runtime.InteropServices;

namespace Weir.Sockets;

/// <summary>A C int that is zero or not.</summary>
internal sealed class FlagCodec : OptionCodec<bool>
{
    internal static readonly FlagCodec Instance = new();

    internal override int SizeBytes => sizeof(int);

    internal override string Syntax => "on or off";

    internal override int Encode(bool value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, value ? 1 : 0);
        return sizeof(int);
    }

    internal override bool Decode(ReadOnlySpan<byte> bytes) => bytes.Length == 1 ? bytes[0] != 0 : MemoryMarshal.Read<int>(bytes) != 0;

    internal override bool TryParse(ReadOnlySpan<char> text, out bool value)
    {
        value = text is "on" or "true" or "1";
        return value || text is "off" or "false" or "0";
    }

    internal override string Format(bool value) => value ? "on" : "off";
}
