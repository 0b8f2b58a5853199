using Weir.Packets;
using Weir.Packets.Dissection;
using Weir.Wire.Tests.Wires;

namespace Weir.Wire.Tests.Ladders;

/// <summary>What captures at both ends of a wire would have got.</summary>
internal sealed class BothEnds : IDisposable
{
    private readonly WireLog _log = new();
    private readonly NetworkWire _wire;
    private readonly IDisposable _observation;

    public BothEnds(NetworkWire wire)
    {
        _wire = wire;
        _observation = wire.Observe(_log);
    }

    /// <summary>In the order of time, which is that of Stopwatch.</summary>
    public List<CapturedFrame> At(WireDirection outgoing)
    {
        var frames = new List<CapturedFrame>();
        foreach (WireEvent happened in _log.Events)
        {
            bool isSent = happened.Direction == outgoing;
            // A copy was sent once, and a held frame is told of again.
            if (isSent && happened.Fate is not (WireFate.Duplicated or WireFate.Held or WireFate.Injected))
                frames.Add(Frame(happened.Frame.ArrivedBytes, happened.Frame.ArrivedAt));
            if (!isSent && happened.LeftAt != 0)
                frames.Add(Frame(happened.Frame.Bytes, happened.LeftAt));
        }

        return [.. frames.OrderBy(frame => frame.TimestampNs)];
    }

    public IEnumerable<Packet> PacketsAt(WireDirection outgoing) => At(outgoing).Select(frame => Packet.Dissect(frame));

    /// <summary>How often the client asked for room and was told that there is none. Linux asks with the number before its next.</summary>
    public int CountAnsweredProbes()
    {
        int answered = 0;
        bool isAsked = false;
        SequenceNumber? next = null;
        foreach (Packet packet in PacketsAt(_wire.AToB))
        {
            if (packet.Tcp is not { } tcp || (tcp.SourcePort != Pair.Port && tcp.DestinationPort != Pair.Port))
                continue;
            if (tcp.SourcePort == Pair.Port)
            {
                answered += isAsked && tcp is { Window: 0, IsReset: false } ? 1 : 0;
                isAsked = false;
            }
            else if (packet.PayloadBytes > 0 || tcp.IsSyn)
            {
                SequenceNumber end = tcp.Sequence + (tcp.IsSyn ? 1 : packet.PayloadBytes);
                next = next is { } before ? SequenceNumber.Max(before, end) : end;
            }
            else
            {
                isAsked |= next is { } sent && tcp.Sequence == sent - 1;
            }
        }

        return answered;
    }

    public void Dispose() => _observation.Dispose();

    private static CapturedFrame Frame(ReadOnlyMemory<byte> bytes, long ticks) =>
        new(LinkType.Ethernet, RecordedFrame.ToNs(ticks), bytes, bytes.Length);
}
