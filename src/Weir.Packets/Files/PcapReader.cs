using System.Buffers.Binary;

namespace Weir.Packets.Files;

/// <summary>The classic format (draft-ietf-opsawg-pcap), in either byte order, with micro- or nanoseconds.</summary>
internal sealed class PcapReader : ICaptureReader
{
    public const uint MicrosecondMagic = 0xA1B2C3D4;
    public const uint NanosecondMagic = 0xA1B23C4D;
    public const int FileHeaderBytes = 24;

    private const int RecordHeaderBytes = 16;

    // The upper bits tell how long a checksum each frame has.
    private const uint LinkMask = 0xFFFF;
    private const int NanosecondsPerMicrosecond = 1000;

    private readonly CaptureInput _input;
    private readonly bool _isLittleEndian;
    private readonly LinkType _link;
    private readonly long _unitNs;

    /// <param name="input">At the file's beginning, which is there.</param>
    /// <param name="isLittleEndian">As the magic number shows.</param>
    public PcapReader(CaptureInput input, bool isLittleEndian)
    {
        _input = input;
        _isLittleEndian = isLittleEndian;
        ReadOnlySpan<byte> header = input.Bytes[..FileHeaderBytes];
        _unitNs = Number(header, 0) == NanosecondMagic ? 1 : NanosecondsPerMicrosecond;
        _link = (LinkType)(Number(header, 20) & LinkMask);
        Interfaces = [new CaptureInterface { Link = _link, SnapBytes = Number(header, 16) }];
        input.Advance(FileHeaderBytes);
    }

    public IReadOnlyList<CaptureInterface> Interfaces { get; }

    public static bool IsMagic(ReadOnlySpan<byte> bytes, out bool isLittleEndian)
    {
        isLittleEndian = BinaryPrimitives.ReadUInt32LittleEndian(bytes) is MicrosecondMagic or NanosecondMagic;
        return isLittleEndian || BinaryPrimitives.ReadUInt32BigEndian(bytes) is MicrosecondMagic or NanosecondMagic;
    }

    public bool TryRead(out CapturedFrame frame, out string? fault)
    {
        (frame, fault) = (default, null);
        if (!_input.TryFill(RecordHeaderBytes))
        {
            if (!_input.Bytes.IsEmpty)
                fault = $"a packet's header is cut off at {_input.Bytes.Length} of {RecordHeaderBytes} bytes";
            return false;
        }

        ReadOnlySpan<byte> header = _input.Bytes;
        (uint seconds, uint units, uint captured, uint original) = (Number(header, 0), Number(header, 4), Number(header, 8), Number(header, 12));
        if (captured > PcapngFormat.MaxBlockBytes)
        {
            fault = $"a packet of {captured} bytes, where {PcapngFormat.MaxBlockBytes} is the limit";
            return false;
        }

        int length = (int)captured;
        if (!_input.TryFill(RecordHeaderBytes + length))
        {
            fault = $"a packet is cut off at {_input.Bytes.Length - RecordHeaderBytes} of {length} bytes";
            return false;
        }

        long timestampNs = (seconds * 1_000_000_000L) + (units * _unitNs);
        byte[] bytes = _input.Bytes.Slice(RecordHeaderBytes, length).ToArray();
        frame = new CapturedFrame(_link, timestampNs, bytes, (int)Math.Clamp(original, captured, int.MaxValue));
        _input.Advance(RecordHeaderBytes + length);
        return true;
    }

    private uint Number(ReadOnlySpan<byte> bytes, int offset) => _isLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);
}
