using System.Buffers.Binary;

namespace Weir.Packets.Dissection;

/// <summary>A header and what follows it: the bytes that were captured, and how many there were on the wire.</summary>
internal readonly record struct Layer(ReadOnlyMemory<byte> Bytes, int WireBytes)
{
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>Whether the capture has all of it.</summary>
    public bool IsWhole => Bytes.Length >= WireBytes;

    /// <summary>What follows a number of bytes.</summary>
    public Layer Skip(int bytes) => new(Bytes[Math.Min(bytes, Bytes.Length)..], Math.Max(WireBytes - bytes, 0));

    /// <summary>Not more than a length field says.</summary>
    public Layer Limit(int wireBytes) =>
        wireBytes >= WireBytes ? this : new Layer(Bytes[..Math.Min(wireBytes, Bytes.Length)], wireBytes);

    public int UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Span[offset..]);

    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Span[offset..]);
}
