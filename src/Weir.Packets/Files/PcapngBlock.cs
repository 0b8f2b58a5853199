using System.Buffers.Binary;
using System.Text.Unicode;

namespace Weir.Packets.Files;

/// <summary>Writes one block into a buffer that has room for it.</summary>
internal ref struct PcapngBlock
{
    /// <summary>Longer texts are cut.</summary>
    public const int MaxTextBytes = 8192;

    private const int OptionHeaderBytes = 4;
    private const int PacketHeaderBytes = 20;

    private readonly Span<byte> _buffer;
    private int _length;

    public PcapngBlock(Span<byte> buffer, uint type)
    {
        _buffer = buffer;
        Add(type);
        Add(0u);
    }

    public void Add(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[_length..], value);
        _length += sizeof(ushort);
    }

    public void Add(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[_length..], value);
        _length += sizeof(uint);
    }

    /// <summary>As the format has its times: the upper half first.</summary>
    public void AddTime(long timestampNs)
    {
        ulong time = (ulong)Math.Max(timestampNs, 0);
        Add((uint)(time >> 32));
        Add((uint)time);
    }

    /// <summary>What stands before a frame's bytes. In one go, as it is done for every frame.</summary>
    public void AddPacketHeader(int interfaceId, long timestampNs, int capturedBytes, int originalBytes)
    {
        ulong time = (ulong)Math.Max(timestampNs, 0);
        Span<byte> header = _buffer.Slice(_length, PacketHeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header, interfaceId);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)time);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], capturedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], originalBytes);
        _length += PacketHeaderBytes;
    }

    public void AddPadded(scoped ReadOnlySpan<byte> bytes)
    {
        int padded = PcapngFormat.Padded(bytes.Length);
        Span<byte> place = _buffer.Slice(_length, padded);
        // The last word first: what the bytes do not cover of it stays zero.
        if (padded > 0)
            BinaryPrimitives.WriteUInt32LittleEndian(place[^sizeof(uint)..], 0);
        bytes.CopyTo(place);
        _length += padded;
    }

    public void AddOption(ushort code, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        Utf8.FromUtf16(text, _buffer.Slice(_length + OptionHeaderBytes, MaxTextBytes), out _, out int written);
        Add(code);
        Add((ushort)written);
        Pad(written);
    }

    /// <param name="code">Which option.</param>
    /// <param name="utf8">Its text; cut at <see cref="MaxTextBytes"/>.</param>
    public void AddOption(ushort code, ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8[..Math.Min(utf8.Length, MaxTextBytes)];
        Add(code);
        Add((ushort)utf8.Length);
        AddPadded(utf8);
    }

    public void AddOption(ushort code, byte value)
    {
        Add(code);
        Add((ushort)sizeof(byte));
        AddPadded([value]);
    }

    public void AddOption(ushort code, ulong value)
    {
        Add(code);
        Add((ushort)sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[_length..], value);
        _length += sizeof(ulong);
    }

    /// <summary>Ends the options; only where there are some.</summary>
    public void EndOptions() => Add(0u);

    /// <summary>Fills in both lengths; the block's.</summary>
    public int End()
    {
        Add((uint)_length + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[sizeof(uint)..], (uint)_length);
        return _length;
    }

    private void Pad(int written)
    {
        int padded = PcapngFormat.Padded(written);
        _buffer[(_length + written)..(_length + padded)].Clear();
        _length += padded;
    }
}
