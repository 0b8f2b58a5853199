using System.Buffers.Binary;

namespace Weir.Packets.Dissection;

/// <summary>Reads options of at most 40 bytes; an option that is wrong ends it with a note.</summary>
internal sealed class TcpOptionReader(Packet packet, SequenceNumber acknowledgment)
{
    private const int EndKind = 0;
    private const int NothingKind = 1;
    private const int SackKind = 5;
    private const int FastOpenKind = 34;
    private const int ExperimentKind = 254;
    private const int FastOpenMagic = 0xF989;
    private const int SackBlockBytes = 8;

    private readonly TcpOptions _options = new();
    private List<TcpOption>? _others;

    public TcpOptions Read(ReadOnlyMemory<byte> bytes)
    {
        _options.LengthBytes = bytes.Length;
        while (!bytes.IsEmpty && bytes.Span[0] != EndKind)
        {
            if (bytes.Span[0] == NothingKind)
            {
                bytes = bytes[1..];
                continue;
            }

            int length = bytes.Length < 2 ? 0 : bytes.Span[1];
            if (length < 2 || length > bytes.Length)
            {
                packet.Note($"tcp: option {bytes.Span[0]} is {length} bytes long, of {bytes.Length}");
                break;
            }

            Take(bytes.Span[0], bytes[2..length]);
            bytes = bytes[length..];
        }

        return _options;
    }

    private void Take(int kind, ReadOnlyMemory<byte> data)
    {
        ReadOnlySpan<byte> bytes = data.Span;
        switch (kind, bytes.Length)
        {
            case (2, 2): _options.MaximumSegmentBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes); break;
            case (3, 1): _options.WindowScale = bytes[0]; break;
            case (4, 0): _options.SackPermitted = true; break;
            case (SackKind, > 0) when bytes.Length % SackBlockBytes == 0: TakeSack(bytes); break;
            case (8, 8): _options.Timestamps = new TcpTimestamps(Number(bytes), Number(bytes[4..])); break;
            case (19, 16): _options.HasMd5 = true; break;
            case (29, >= 2): _options.HasAuthentication = true; break;
            case (FastOpenKind, _): _options.FastOpenCookie = data; break;
            case (ExperimentKind, >= 2) when BinaryPrimitives.ReadUInt16BigEndian(bytes) == FastOpenMagic:
                _options.FastOpenCookie = data[2..];
                break;
            default: TakeOther(kind, data); break;
        }
    }

    private void TakeOther(int kind, ReadOnlyMemory<byte> data)
    {
        if (kind is 2 or 3 or 4 or SackKind or 8 or 19 or 29)
            packet.Note($"tcp: option {kind} with {data.Length + 2} bytes");
        _options.Others = _others ??= [];
        _others.Add(new TcpOption(kind, data));
    }

    private void TakeSack(ReadOnlySpan<byte> bytes)
    {
        var blocks = new SackBlock[bytes.Length / SackBlockBytes];
        for (int index = 0; index < blocks.Length; index++, bytes = bytes[SackBlockBytes..])
            blocks[index] = new SackBlock(new SequenceNumber(Number(bytes)), new SequenceNumber(Number(bytes[4..])));
        _options.SackBlocks = blocks;
        SackBlock first = blocks[0];
        // Either it was acknowledged before, or the next block encloses it (RFC 2883, section 4).
        _options.HasDuplicateSack = first.Right <= acknowledgment
            || (blocks.Length > 1 && blocks[1].Left <= first.Left && first.Right <= blocks[1].Right);
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
