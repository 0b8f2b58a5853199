namespace Weir.Packets.Capture;

/// <summary>A capture could not begin or go on. The message is one line: what failed, why, and what to try.</summary>
public sealed class CaptureException : IOException
{
    internal CaptureException(string message)
        : base(message)
    {
    }

    /// <summary>Whether a capability is missing.</summary>
    public bool IsPermission { get; internal init; }
}
