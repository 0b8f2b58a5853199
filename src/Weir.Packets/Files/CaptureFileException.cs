namespace Weir.Packets.Files;

/// <summary>A capture file is broken, or none.</summary>
public sealed class CaptureFileException : IOException
{
    public CaptureFileException(string file, long offsetBytes, string fault)
        : base($"{file}: byte {offsetBytes}: {fault}")
    {
        (File, OffsetBytes, Fault) = (file, offsetBytes, fault);
    }

    public string File { get; }

    /// <summary>Where the packet or block begins that is broken.</summary>
    public long OffsetBytes { get; }

    /// <summary>What is wrong there.</summary>
    public string Fault { get; }
}
