using System.Buffers;
using System.Buffers.Binary;

namespace Weir.Bench;

/// <summary>The first five bytes of a connection: which handler, and its amount.</summary>
internal readonly record struct SoakHeader(SoakHandler Handler, int AmountBytes)
{
    public const int SizeBytes = 5;

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Handler;
        BinaryPrimitives.WriteInt32LittleEndian(destination[1..], AmountBytes);
    }

    /// <summary>False while bytes are missing.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> bytes, out SoakHeader header)
    {
        header = default;
        if (bytes.Length < SizeBytes)
            return false;
        Span<byte> copy = stackalloc byte[SizeBytes];
        bytes.Slice(0, SizeBytes).CopyTo(copy);
        header = new SoakHeader((SoakHandler)copy[0], BinaryPrimitives.ReadInt32LittleEndian(copy[1..]));
        return true;
    }
}
