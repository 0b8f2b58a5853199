namespace Weir.Packets.Streams;

/// <summary>A TCP connection as the capture shows it.</summary>
public sealed class TcpStream
{
    /// <summary>The largest shift there is (RFC 7323, section 2.3).</summary>
    private const int MaxWindowScale = 14;

    internal TcpStream(long number, TcpDirection initiator, TcpDirection responder)
    {
        Number = number;
        Initiator = initiator;
        Responder = responder;
    }

    /// <summary>Counts the capture's streams from 0, in the order of their first segments, as tshark's tcp.stream does.</summary>
    public long Number { get; }

    /// <summary>What the side sends that opened the connection; where the capture doesn't have that, the side that was seen first.</summary>
    public TcpDirection Initiator { get; }

    public TcpDirection Responder { get; }

    /// <summary>Whether both sides' SYNs were seen, and so what their windows mean.</summary>
    public bool HandshakeSeen => Initiator.SynSeen && Responder.SynSeen;

    // One side without the option is enough to know that neither scales.
    private bool IsUnscaled => (Initiator.SynSeen && Initiator.WindowScale is null) || (Responder.SynSeen && Responder.WindowScale is null);

    /// <summary>Whether the capture tells by how much windows are scaled.</summary>
    internal bool IsScaleKnown => IsUnscaled || HandshakeSeen;

    /// <summary>A window in bytes; null when the capture doesn't tell by how much it was scaled.</summary>
    /// <param name="from">Who announces it.</param>
    /// <param name="window">As it stands in the header.</param>
    /// <param name="isSyn">A SYN's window is never scaled.</param>
    public long? WindowBytes(TcpDirection from, int window, bool isSyn)
    {
        ArgumentNullException.ThrowIfNull(from);
        // Nothing is nothing at every scale.
        if (isSyn || window == 0)
            return window;
        if (IsUnscaled)
            return window;
        return HandshakeSeen ? (long)window << Math.Min(from.WindowScale!.Value, MaxWindowScale) : null;
    }
}
