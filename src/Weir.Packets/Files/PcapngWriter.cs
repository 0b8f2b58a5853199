using System.Buffers.Binary;
using System.Diagnostics;

namespace Weir.Packets.Files;

/// <summary>
/// Writes a capture as pcapng, with times in nanoseconds. What is written is buffered until <see cref="Flush"/>; only whole blocks leave the
/// buffer, so a reader finds nothing half done. Not for several threads at once.
/// </summary>
public sealed class PcapngWriter : IDisposable
{
    /// <summary>The longest frame; of longer ones the beginning is kept.</summary>
    public const int MaxFrameBytes = PcapngFormat.MaxFrameBytes;

    private const int MaxBlockBytes = PcapngFormat.MaxFrameBytes + (4 * PcapngBlock.MaxTextBytes);
    private const int BufferBytes = EnoughBytes + MaxBlockBytes;
    private const byte Nanoseconds = 9;

    // The kernel copies from the cache then.
    private const int EnoughBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Stream _stream;
    private readonly string _name;
    private readonly bool _canTruncate;
    private readonly long _start;
    private int _buffered;
    private long _written;
    private int _interfaces;
    private IOException? _failure;

    /// <summary>Writes to a stream, from where it is, and closes it at the end.</summary>
    /// <param name="stream">Its own buffer only costs: this has one.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone.</exception>
    public PcapngWriter(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _name = name;
        _canTruncate = stream.CanSeek;
        _start = stream.CanSeek ? stream.Position : 0;
        PcapngBlock block = Begin(PcapngFormat.SectionHeader);
        block.Add(PcapngFormat.ByteOrderMagic);
        block.Add(PcapngFormat.MajorVersion);
        block.Add((ushort)0);
        // The section's length is not known before its end.
        block.Add(uint.MaxValue);
        block.Add(uint.MaxValue);
        block.AddOption(PcapngFormat.SectionApplication, "Weir");
        block.EndOptions();
        _buffered += block.End();
    }

    /// <summary>How long the file is, what is still buffered included.</summary>
    public long LengthBytes => _written + _buffered;

    /// <summary>How many frames were given to it.</summary>
    public long Frames { get; private set; }

    /// <summary>Creates a file, or empties the one that is there.</summary>
    /// <exception cref="IOException">It can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static PcapngWriter Create(string path) =>
        new(new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 }), path);

    /// <summary>Describes an interface; frames name it by what is returned, which counts from 0.</summary>
    /// <param name="link">What its frames begin with.</param>
    /// <param name="name">The kernel's name.</param>
    /// <param name="description">Any text, or null.</param>
    /// <param name="filter">The expression that chose the frames, or null.</param>
    /// <param name="snapLengthBytes">The most that was captured of each frame.</param>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone.</exception>
    public int AddInterface(LinkType link, string name, string? description = null, string? filter = null, int snapLengthBytes = MaxFrameBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(snapLengthBytes);
        PcapngBlock block = Begin(PcapngFormat.InterfaceDescription);
        block.Add((ushort)link);
        block.Add((ushort)0);
        block.Add((uint)snapLengthBytes);
        block.AddOption(PcapngFormat.InterfaceName, name);
        block.AddOption(PcapngFormat.InterfaceDescriptionText, description);
        block.AddOption(PcapngFormat.InterfaceTimeResolution, Nanoseconds);
        // Its first byte tells the kind: 0 is an expression of libpcap.
        block.AddOption(PcapngFormat.InterfaceFilter, filter is null ? null : "\0" + filter);
        block.EndOptions();
        _buffered += block.End();
        return _interfaces++;
    }

    /// <summary>Adds a frame. Allocates nothing.</summary>
    /// <param name="interfaceId">What <see cref="AddInterface"/> returned.</param>
    /// <param name="timestampNs">Nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="bytes">What was captured of it.</param>
    /// <param name="originalBytes">How long it was on the wire.</param>
    /// <param name="comment">A note that tshark shows as frame.comment; cut at 8 KiB.</param>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone. The file is whole up to the last block that had room.</exception>
    public void Write(int interfaceId, long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes, string? comment = null)
    {
        PcapngBlock block = BeginPacket(interfaceId, timestampNs, bytes, originalBytes);
        if (!string.IsNullOrEmpty(comment))
        {
            block.AddOption(PcapngFormat.Comment, comment);
            block.EndOptions();
        }

        EndPacket(block);
    }

    /// <summary>Adds a frame with a comment that is UTF-8 already.</summary>
    /// <inheritdoc cref="Write(int, long, ReadOnlySpan{byte}, int, string?)"/>
    public void Write(int interfaceId, long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes, ReadOnlySpan<byte> comment)
    {
        PcapngBlock block = BeginPacket(interfaceId, timestampNs, bytes, originalBytes);
        block.AddOption(PcapngFormat.Comment, comment);
        block.EndOptions();
        EndPacket(block);
    }

    /// <summary>Adds what an interface counted so far; usually at the end.</summary>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone.</exception>
    public void WriteStatistics(int interfaceId, long timestampNs, long received, long dropped)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceId, (uint)_interfaces, nameof(interfaceId));
        PcapngBlock block = Begin(PcapngFormat.InterfaceStatistics);
        block.Add((uint)interfaceId);
        block.AddTime(timestampNs);
        block.AddOption(PcapngFormat.StatisticsReceived, (ulong)received);
        block.AddOption(PcapngFormat.StatisticsDropped, (ulong)dropped);
        block.EndOptions();
        _buffered += block.End();
    }

    /// <summary>Hands what is buffered to the kernel.</summary>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone.</exception>
    public void Flush()
    {
        if (_failure is not null)
            throw _failure;
        try
        {
            _stream.Write(_buffer.AsSpan(0, _buffered));
            _stream.Flush();
        }
        catch (IOException error)
        {
            KeepWholeBlocks();
            // A file's message ends with its path.
            string reason = error.Message.Split(" : ", 2)[0];
            _failure = new IOException($"{_name}: {reason}; the capture ends after {_written} bytes and can be read up to there", error);
            throw _failure;
        }

        _written += _buffered;
        _buffered = 0;
    }

    /// <summary>Flushes, unless that failed before, and closes.</summary>
    /// <exception cref="IOException">The disk is full, or the pipe's reader is gone.</exception>
    public void Dispose()
    {
        try
        {
            if (_failure is null && _buffered > 0)
                Flush();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private PcapngBlock BeginPacket(int interfaceId, long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceId, (uint)_interfaces, nameof(interfaceId));
        originalBytes = Math.Max(originalBytes, bytes.Length);
        bytes = bytes[..Math.Min(bytes.Length, MaxFrameBytes)];
        PcapngBlock block = Begin(PcapngFormat.EnhancedPacket);
        block.AddPacketHeader(interfaceId, timestampNs, bytes.Length, originalBytes);
        block.AddPadded(bytes);
        return block;
    }

    private void EndPacket(PcapngBlock block)
    {
        _buffered += block.End();
        Frames++;
    }

    private PcapngBlock Begin(uint type)
    {
        if (_failure is not null)
            throw _failure;
        if (_buffered >= EnoughBytes)
            Flush();
        return new PcapngBlock(_buffer.AsSpan(_buffered), type);
    }

    // Part of the buffer may be in the file. Its blocks are whole up to some place, and there the file has to end.
    private void KeepWholeBlocks()
    {
        if (!_canTruncate)
            return;
        long start = _start + _written;
        long room = Math.Min(_stream.Length - start, _buffered);
        int whole = 0;
        while (whole < _buffered)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(whole + sizeof(uint)));
            Debug.Assert(length >= PcapngFormat.BlockFrameBytes, "a block has a length");
            if (whole + length > room)
                break;
            whole += length;
        }

        _written += whole;
        // A device has no length to set.
        if (_stream.Length > _start + _written)
            _stream.SetLength(_start + _written);
    }
}
