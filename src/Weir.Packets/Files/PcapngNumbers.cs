using System.Buffers.Binary;

namespace Weir.Packets.Files;

/// <summary>A block's numbers, in its section's byte order. What lies behind its end reads as 0 or nothing.</summary>
internal readonly ref struct PcapngNumbers(ReadOnlySpan<byte> bytes, bool isLittleEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length;

    public ushort UInt16(int offset)
    {
        ReadOnlySpan<byte> number = Slice(offset, sizeof(ushort));
        if (number.Length < sizeof(ushort))
            return 0;
        return isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(number) : BinaryPrimitives.ReadUInt16BigEndian(number);
    }

    public uint UInt32(int offset)
    {
        ReadOnlySpan<byte> number = Slice(offset, sizeof(uint));
        if (number.Length < sizeof(uint))
            return 0;
        return isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(number) : BinaryPrimitives.ReadUInt32BigEndian(number);
    }

    public ulong UInt64(int offset)
    {
        ReadOnlySpan<byte> number = Slice(offset, sizeof(ulong));
        if (number.Length < sizeof(ulong))
            return 0;
        return isLittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(number) : BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    /// <summary>Two halves, the upper one first.</summary>
    public ulong Time(int offset) => ((ulong)UInt32(offset) << 32) | UInt32(offset + sizeof(uint));

    /// <summary>As much of it as there is.</summary>
    public ReadOnlySpan<byte> Slice(int offset, int length)
    {
        if (offset >= _bytes.Length)
            return default;
        return _bytes.Slice(offset, Math.Min(length, _bytes.Length - offset));
    }

    public PcapngNumbers From(int offset) => new(Slice(offset, int.MaxValue), isLittleEndian);

    public PcapngNumbers First(int length) => new(Slice(0, length), isLittleEndian);
}
