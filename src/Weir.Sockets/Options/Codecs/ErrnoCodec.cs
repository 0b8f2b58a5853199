using System.Runtime.InteropServices;
using Weir.Linux;

namespace Weir.Sockets;

/// <summary>A C int that is an error number, 0 when there is none.</summary>
internal sealed class ErrnoCodec : OptionCodec<Errno>
{
    internal static readonly ErrnoCodec Instance = new();

    internal override int SizeBytes => sizeof(int);

    internal override string Syntax => "the name of an error, such as ECONNREFUSED";

    internal override int Encode(Errno value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, (int)value);
        return sizeof(int);
    }

    internal override Errno Decode(ReadOnlySpan<byte> bytes) => (Errno)MemoryMarshal.Read<int>(bytes);

    internal override bool TryParse(ReadOnlySpan<char> text, out Errno value) => Enum.TryParse(text, out value);

    internal override string Format(Errno value) => value.ToString();
}
