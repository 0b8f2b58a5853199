namespace Weir.Packets.Files;

/// <summary>One file format.</summary>
internal interface ICaptureReader
{
    IReadOnlyList<CaptureInterface> Interfaces { get; }

    /// <summary>False at the end of the file, and where it is broken: then with what is wrong.</summary>
    bool TryRead(out CapturedFrame frame, out string? fault);
}
