using System.Buffers.Binary;

namespace Weir.Packets.Dissection;

/// <summary>Reads bytes from left to right; a read that finds too few leaves the position and returns false.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int position = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; } = position;

    public readonly int Remaining => _bytes.Length - Position;

    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    public bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        bool isThere = count <= Remaining;
        taken = isThere ? _bytes.Slice(Position, count) : default;
        Position += taken.Length;
        return isThere;
    }

    /// <summary>What is there of a number of bytes: all of them, or those up to the end.</summary>
    public ReadOnlySpan<byte> TakeUpTo(int count)
    {
        TryTake(Math.Min(count, Remaining), out ReadOnlySpan<byte> taken);
        return taken;
    }

    public bool TryReadByte(out int value)
    {
        bool isThere = TryTake(1, out ReadOnlySpan<byte> taken);
        value = isThere ? taken[0] : 0;
        return isThere;
    }

    public bool TryReadUInt16(out int value)
    {
        bool isThere = TryTake(2, out ReadOnlySpan<byte> taken);
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(taken) : 0;
        return isThere;
    }

    public bool TryReadUInt32(out uint value)
    {
        bool isThere = TryTake(4, out ReadOnlySpan<byte> taken);
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;
        return isThere;
    }
}
