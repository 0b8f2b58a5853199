using System.Buffers.Binary;
using System.Text;

namespace Weir.Packets.Tests.Samples;

/// <summary>Builds pcapng files by hand, in either byte order.</summary>
internal sealed class PcapngBytes(bool isLittleEndian)
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public PcapngBytes Section() => Block(0x0A0D0D0A, U32(0x1A2B3C4D), U16(1), U16(0), U32(uint.MaxValue), U32(uint.MaxValue));

    public PcapngBytes Interface(int link, uint snap, params byte[][] options) =>
        Block(1, [U16(link), U16(0), U32(snap), .. options]);

    public PcapngBytes Enhanced(uint id, ulong ticks, byte[] bytes, int? original = null, params byte[][] options) =>
        Block(6, [U32(id), U32((uint)(ticks >> 32)), U32((uint)ticks), U32((uint)bytes.Length), U32((uint)(original ?? bytes.Length)), Pad(bytes), .. options]);

    public PcapngBytes Block(uint type, params byte[][] parts)
    {
        int length = parts.Sum(part => part.Length) + 12;
        foreach (byte[] part in (byte[][])[U32(type), U32((uint)length), .. parts, U32((uint)length)])
            _bytes.AddRange(part);
        return this;
    }

    public PcapngBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] Option(int code, byte[] value) => Frames.Join(U16(code), U16(value.Length), Pad(value));

    public byte[] Option(int code, string text) => Option(code, Encoding.UTF8.GetBytes(text));

    public byte[] U16(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return InOrder(bytes);
    }

    public byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return InOrder(bytes);
    }

    public byte[] U64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return InOrder(bytes);
    }

    public static byte[] Pad(byte[] bytes) => Frames.Join(bytes, new byte[(4 - (bytes.Length % 4)) % 4]);

    private byte[] InOrder(byte[] bytes)
    {
        if (isLittleEndian)
            Array.Reverse(bytes);
        return bytes;
    }
}
