using System.Net;
using Weir.Packets.Dissection;

namespace Weir.Packets.Streams;

/// <summary>One of a TCP stream's two directions: what one side sends.</summary>
public sealed class TcpDirection
{
    // A place whose distance to the beginning is known; it moves along, because numbers come round every 4 GiB.
    private SequenceNumber _anchor;
    private long _anchorPosition;
    private bool _isAnchored;

    internal TcpDirection(IPAddress address, int port)
    {
        Address = address;
        Port = port;
    }

    /// <summary>The sender's.</summary>
    public IPAddress Address { get; }

    /// <summary>The sender's.</summary>
    public int Port { get; }

    /// <summary>Whether the capture has the beginning. Else positions count from one before the first segment that it has.</summary>
    public bool SynSeen { get; private set; }

    /// <summary>The number of the SYN, position 0; null until a segment of this direction was seen, or one that acknowledges it.</summary>
    public SequenceNumber? InitialSequence { get; private set; }

    /// <summary>What the SYN asked the sender's windows to be shifted by; null without the option or the SYN.</summary>
    public int? WindowScale { get; private set; }

    /// <summary>How far a number is from the beginning: 0 is the SYN, 1 the first byte. Right also after the numbers came round.</summary>
    public long Position(SequenceNumber number) => _isAnchored ? _anchorPosition + (number - _anchor) : 1;

    /// <summary>Takes a segment's number as the beginning, when there is none yet.</summary>
    internal void BeginBefore(SequenceNumber first)
    {
        if (!_isAnchored)
            Begin(first - 1);
    }

    /// <summary>Takes a SYN's number as the beginning; a repeated one changes nothing.</summary>
    internal void BeginWith(TcpHeader syn)
    {
        if (SynSeen)
            return;
        SynSeen = true;
        WindowScale = syn.Options.WindowScale;
        Begin(syn.Sequence);
    }

    internal void MoveTo(SequenceNumber number)
    {
        int distance = number - _anchor;
        if (distance <= 0)
            return;
        _anchor = number;
        _anchorPosition += distance;
    }

    private void Begin(SequenceNumber first)
    {
        InitialSequence = first;
        (_anchor, _anchorPosition, _isAnchored) = (first, 0, true);
    }
}
