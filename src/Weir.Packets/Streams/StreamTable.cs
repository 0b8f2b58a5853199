using Weir.Packets.Dissection;
using Weir.Packets.Flows;

namespace Weir.Packets.Streams;

/// <summary>
/// The TCP streams of a capture. It remembers a limited number; of more, the one that was silent for the longest is forgotten, and begins anew
/// with its next segment. Not for several threads at once.
/// </summary>
public sealed class StreamTable
{
    public const int DefaultLimit = 65_536;

    private readonly Dictionary<FlowKey, LinkedListNode<(FlowKey Key, TcpStream Stream)>> _streams = [];
    private readonly LinkedList<(FlowKey Key, TcpStream Stream)> _byUse = new();
    private readonly int _limit;

    /// <param name="limit">How many streams are remembered.</param>
    public StreamTable(int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _limit = limit;
    }

    /// <summary>How many streams began.</summary>
    public long Count { get; private set; }

    /// <summary>How many are remembered.</summary>
    internal int Remembered => _streams.Count;

    /// <summary>Finds the packet's place in its stream; once for each packet, in the capture's order. Null for what is no TCP segment.</summary>
    public StreamSegment? Observe(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet is not { Ip: { } ip, Tcp: { } tcp })
            return null;
        TcpStream stream = Find(ip, tcp);
        bool isForward = stream.Initiator.Port == tcp.SourcePort && stream.Initiator.Address.Equals(ip.Source);
        (TcpDirection from, TcpDirection to) = isForward ? (stream.Initiator, stream.Responder) : (stream.Responder, stream.Initiator);
        if (tcp.IsSyn)
            from.BeginWith(tcp);
        else
            from.BeginBefore(tcp.Sequence);
        if (tcp.IsAck)
            to.BeginBefore(tcp.Acknowledgment);
        return Place(packet, tcp, new StreamSegment(stream, from, to));
    }

    private static StreamSegment Place(Packet packet, TcpHeader tcp, StreamSegment segment)
    {
        int length = packet.PayloadBytes + (tcp.IsSyn ? 1 : 0) + (tcp.IsFin ? 1 : 0);
        long sequence = segment.From.Position(tcp.Sequence);
        // A reset's numbers may be anything.
        if (!tcp.IsReset)
            segment.From.MoveTo(tcp.Sequence + length);
        return segment with
        {
            Sequence = sequence,
            NextSequence = sequence + length,
            RawAcknowledgment = tcp.Acknowledgment,
            Acknowledgment = tcp.IsAck ? segment.To.Position(tcp.Acknowledgment) : null,
            WindowBytes = segment.Stream.WindowBytes(segment.From, tcp.Window, tcp.IsSyn),
        };
    }

    private static bool Reopens(TcpStream stream, IpHeader ip, TcpHeader tcp)
    {
        if (!tcp.IsSyn || tcp.IsAck)
            return false;
        TcpDirection from = stream.Initiator.Port == tcp.SourcePort && stream.Initiator.Address.Equals(ip.Source) ? stream.Initiator : stream.Responder;
        // The same number is the same SYN again; a side that sent nothing yet opens at the same time as the other.
        return from.InitialSequence is { } initial && initial != tcp.Sequence;
    }

    private TcpStream Find(IpHeader ip, TcpHeader tcp)
    {
        FlowKey key = FlowKey.Of(ip, tcp).Undirected;
        if (_streams.TryGetValue(key, out LinkedListNode<(FlowKey Key, TcpStream Stream)>? node))
        {
            _byUse.Remove(node);
            if (Reopens(node.Value.Stream, ip, tcp))
                node.Value = (key, Begin(ip, tcp));
            _byUse.AddLast(node);
            return node.Value.Stream;
        }

        if (_streams.Count == _limit)
        {
            _streams.Remove(_byUse.First!.Value.Key);
            _byUse.RemoveFirst();
        }

        TcpStream stream = Begin(ip, tcp);
        _streams.Add(key, _byUse.AddLast((key, stream)));
        return stream;
    }

    private TcpStream Begin(IpHeader ip, TcpHeader tcp)
    {
        var from = new TcpDirection(ip.Source, tcp.SourcePort);
        var to = new TcpDirection(ip.Destination, tcp.DestinationPort);
        // Who answers a SYN did not open the connection.
        return tcp is { IsSyn: true, IsAck: true } ? new TcpStream(Count++, to, from) : new TcpStream(Count++, from, to);
    }
}
