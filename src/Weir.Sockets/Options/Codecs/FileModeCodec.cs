using System.Runtime.InteropServices;

namespace Weir.Sockets;

/// <summary>The permission bits of a path, written in octal as chmod(1) takes them.</summary>
internal sealed class FileModeCodec : OptionCodec<UnixFileMode>
{
    internal static readonly FileModeCodec Instance = new();

    private const int MaxMode = 0x1FF;

    internal override int SizeBytes => sizeof(int);

    internal override string Syntax => "octal permissions from 0000 to 0777, such as 0660";

    internal override int Encode(UnixFileMode value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, (int)value);
        return sizeof(int);
    }

    internal override UnixFileMode Decode(ReadOnlySpan<byte> bytes) => (UnixFileMode)MemoryMarshal.Read<int>(bytes);

    internal override bool TryParse(ReadOnlySpan<char> text, out UnixFileMode value)
    {
        value = default;
        if (text.Length is not (3 or 4)) return false;
        int mode = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7') return false;
            mode = (mode << 3) | (digit - '0');
        }

        value = (UnixFileMode)mode;
        return mode <= MaxMode;
    }

    internal override string Format(UnixFileMode value) =>
        Convert.ToString((int)value, 8).PadLeft(4, '0');
}
