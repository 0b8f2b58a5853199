using System.Buffers.Binary;

namespace Weir.Packets.Files;

/// <summary>pcapng in either byte order, with several sections and interfaces. Blocks of other kinds are passed over.</summary>
internal sealed class PcapngReader(CaptureInput input) : ICaptureReader
{
    /// <summary>The most interfaces that a file may describe.</summary>
    public const int MaxInterfaces = 65_536;

    private const int HeaderBytes = 8;
    private const int SectionHeaderBytes = 28;

    private readonly List<CaptureInterface> _interfaces = [];
    private int _sectionStart;
    private bool _isLittleEndian;

    public IReadOnlyList<CaptureInterface> Interfaces => _interfaces;

    public bool TryRead(out CapturedFrame frame, out string? fault)
    {
        frame = default;
        while (TryFillBlock(out uint type, out int length, out fault))
        {
            var body = new PcapngNumbers(input.Bytes[HeaderBytes..(length - sizeof(uint))], _isLittleEndian);
            bool isFrame = type is PcapngFormat.EnhancedPacket or PcapngFormat.SimplePacket or PcapngFormat.ObsoletePacket;
            fault = isFrame ? ReadFrame(type, body, out frame) : ReadOther(type, body);
            if (fault is not null)
                return false;
            input.Advance(length);
            if (isFrame)
                return true;
        }

        return false;
    }

    private bool TryFillBlock(out uint type, out int length, out string? fault)
    {
        (type, length, fault) = (0, 0, null);
        if (!input.TryFill(PcapngFormat.BlockFrameBytes))
        {
            if (!input.Bytes.IsEmpty)
                fault = $"a block's header is cut off at {input.Bytes.Length} of {PcapngFormat.BlockFrameBytes} bytes";
            return false;
        }

        type = BinaryPrimitives.ReadUInt32BigEndian(input.Bytes);
        if (type == PcapngFormat.SectionHeader && !TryReadByteOrder(out fault))
            return false;
        var header = new PcapngNumbers(input.Bytes, _isLittleEndian);
        (type, uint announced) = (header.UInt32(0), header.UInt32(sizeof(uint)));
        int least = type == PcapngFormat.SectionHeader ? SectionHeaderBytes : PcapngFormat.BlockFrameBytes;
        if (announced < least || announced % sizeof(uint) != 0 || announced > PcapngFormat.MaxBlockBytes)
        {
            fault = $"a block of {announced} bytes, where {least} to {PcapngFormat.MaxBlockBytes} in steps of 4 are possible";
            return false;
        }

        length = (int)announced;
        return IsWhole(length, announced, out fault);
    }

    private bool IsWhole(int length, uint announced, out string? fault)
    {
        fault = input.TryFill(length) ? null : $"a block is cut off at {input.Bytes.Length} of {length} bytes";
        if (fault is not null)
            return false;
        uint again = new PcapngNumbers(input.Bytes, _isLittleEndian).UInt32(length - sizeof(uint));
        if (again != announced)
            fault = $"a block says at its beginning that it has {announced} bytes, and at its end {again}";
        return fault is null;
    }

    private bool TryReadByteOrder(out string? fault)
    {
        ReadOnlySpan<byte> magic = input.Bytes[HeaderBytes..];
        _isLittleEndian = BinaryPrimitives.ReadUInt32LittleEndian(magic) == PcapngFormat.ByteOrderMagic;
        bool isKnown = _isLittleEndian || BinaryPrimitives.ReadUInt32BigEndian(magic) == PcapngFormat.ByteOrderMagic;
        fault = isKnown ? null : $"a section with the byte order 0x{BinaryPrimitives.ReadUInt32BigEndian(magic):x8}";
        return isKnown;
    }

    private string? ReadOther(uint type, PcapngNumbers body)
    {
        switch (type)
        {
            case PcapngFormat.SectionHeader:
                // An interface's number counts from the beginning of its section.
                _sectionStart = _interfaces.Count;
                int version = body.UInt16(4);
                return version == PcapngFormat.MajorVersion ? null : $"a section of version {version}, where 1 is known";
            case PcapngFormat.InterfaceDescription:
                if (_interfaces.Count == MaxInterfaces)
                    return $"more than {MaxInterfaces} interfaces";
                if (body.Length < 8)
                    return $"the description of an interface has {body.Length} bytes, of at least 8";
                _interfaces.Add(PcapngInterface.Read(body));
                return null;
            case PcapngFormat.InterfaceStatistics:
                if (TryFind(body.UInt32(0), out int index))
                    PcapngInterface.ReadStatistics(_interfaces[index], body);
                return null;
            default:
                return null;
        }
    }

    private string? ReadFrame(uint type, PcapngNumbers body, out CapturedFrame frame)
    {
        frame = default;
        PcapngPacket packet = PcapngPacket.Read(type, body);
        if (!TryFind(packet.InterfaceId, out int index))
            return $"a packet of interface {packet.InterfaceId}, of {_interfaces.Count - _sectionStart} that are described";
        CaptureInterface captured = _interfaces[index];
        int room = Math.Max(body.Length - packet.HeaderBytes, 0);
        uint length = packet.CapturedBytes;
        // A block of this kind doesn't tell how much was captured: as much as its interface allows, and as the block has room for.
        if (type == PcapngFormat.SimplePacket)
            length = (uint)Math.Min(Math.Min(length, captured.SnapBytes == 0 ? long.MaxValue : captured.SnapBytes), room);
        if (body.Length < packet.HeaderBytes || length > room)
            return $"a packet of {length} bytes in a block with {room}";
        frame = new CapturedFrame(
            captured.Link,
            packet.Ticks is { } ticks ? captured.Tick.ToNanoseconds(ticks) : 0,
            body.Slice(packet.HeaderBytes, (int)length).ToArray(),
            (int)Math.Clamp(packet.OriginalBytes, length, int.MaxValue))
        {
            Interface = index,
            Comment = type == PcapngFormat.SimplePacket
                ? null
                : PcapngPacket.Comment(body.From(packet.HeaderBytes + PcapngFormat.Padded((int)length))),
        };
        return null;
    }

    private bool TryFind(uint id, out int index)
    {
        bool isKnown = id < (uint)(_interfaces.Count - _sectionStart);
        index = isKnown ? _sectionStart + (int)id : 0;
        return isKnown;
    }
}
