using System.Buffers.Binary;

namespace Weir.Packets.Files;

/// <summary>
/// A capture that was written as pcap or pcapng, read from front to back. Of a file that is broken, everything before the break is delivered.
/// </summary>
public sealed class CaptureFile : IDisposable
{
    private const int MagicBytes = 4;

    private readonly CaptureInput _input;
    private readonly ICaptureReader _reader;
    private readonly string _name;

    private CaptureFile(CaptureInput input, ICaptureReader reader, string name)
    {
        _input = input;
        _reader = reader;
        _name = name;
    }

    /// <summary>What was described up to here: pcapng describes interfaces before their frames, and one file may have several.</summary>
    public IReadOnlyList<CaptureInterface> Interfaces => _reader.Interfaces;

    /// <summary>Where and how the file is broken, once reading has come there.</summary>
    public CaptureFileException? Fault { get; private set; }

    /// <exception cref="CaptureFileException">The file is no capture.</exception>
    /// <exception cref="IOException">It isn't there, or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static CaptureFile Open(string path)
    {
        // This has a buffer of its own. A capture may still be growing.
        var options = new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        return Open(new FileStream(path, options), path);
    }

    /// <summary>Reads a stream, a pipe's too, which is closed at the end.</summary>
    /// <param name="stream">At the beginning of the capture.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="CaptureFileException">The stream is no capture.</exception>
    public static CaptureFile Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var input = new CaptureInput(stream);
        try
        {
            return new CaptureFile(input, Recognize(input, name), name);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The next frame; false at the end of the file, and where it is broken, which <see cref="Fault"/> tells.</summary>
    public bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        if (Fault is not null)
            return false;
        bool isRead = _reader.TryRead(out frame, out string? fault);
        if (fault is not null)
            Fault = new CaptureFileException(_name, _input.OffsetBytes, fault);
        return isRead;
    }

    /// <summary>The frames that are left.</summary>
    /// <exception cref="CaptureFileException">The file is broken; thrown after everything before the break.</exception>
    public IEnumerable<CapturedFrame> Frames()
    {
        while (TryRead(out CapturedFrame frame))
            yield return frame;
        if (Fault is not null)
            throw Fault;
    }

    public void Dispose() => _input.Dispose();

    private static ICaptureReader Recognize(CaptureInput input, string name)
    {
        if (!input.TryFill(MagicBytes))
            throw new CaptureFileException(name, 0, input.Bytes.IsEmpty ? "the file is empty" : "no capture: the file is too short");
        if (BinaryPrimitives.ReadUInt32BigEndian(input.Bytes) == PcapngFormat.SectionHeader)
            return new PcapngReader(input);
        if (!PcapReader.IsMagic(input.Bytes, out bool isLittleEndian))
            throw new CaptureFileException(name, 0, $"no capture: it begins with {Describe(input.Bytes[..MagicBytes])}");
        if (!input.TryFill(PcapReader.FileHeaderBytes))
            throw new CaptureFileException(name, 0, $"the header is cut off at {input.Bytes.Length} of {PcapReader.FileHeaderBytes} bytes");
        return new PcapReader(input, isLittleEndian);
    }

    private static string Describe(ReadOnlySpan<byte> magic) => magic switch
    {
        [0x1F, 0x8B, ..] => "gzip's bytes; unpack it first",
        [0x28, 0xB5, 0x2F, 0xFD] => "zstd's bytes; unpack it first",
        [0xA1, 0xB2, 0xCD, 0x34] or [0x34, 0xCD, 0xB2, 0xA1] => "the bytes of Kuznetzov's pcap; convert it: tshark -r FILE -w NEW",
        _ => $"0x{Convert.ToHexStringLower(magic)}, and pcap and pcapng do not",
    };
}
