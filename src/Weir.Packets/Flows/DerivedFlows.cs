using System.Net;
using Weir.Packets.Dissection;
using static Weir.Linux.Uapi;

namespace Weir.Packets.Flows;

/// <summary>
/// The flows of packets that don't begin with ports: an ICMP error belongs to the packet that it quotes, a fragment to the first one of its datagram,
/// what stands behind extension headers to its ports, an echo to its identifier. It remembers first fragments; for one thread.
/// </summary>
internal sealed class DerivedFlows
{
    private const int MaxFragmented = 1024;

    private readonly Dictionary<Datagram, FlowKey> _fragmented = [];
    private readonly Queue<Datagram> _order = new();

    /// <summary>For what <see cref="FlowKey.TryRead"/> has refused. False when the packet is of no flow, or its first fragment was not seen.</summary>
    public bool TryFind(in CapturedFrame frame, out FlowKey key)
    {
        key = default;
        var packet = Packet.Dissect(frame);
        if (packet.Ip is not { } ip)
            return false;
        if (ip.FragmentOffsetBytes > 0)
            return _fragmented.TryGetValue(Datagram.Of(ip), out key);
        if (packet.Icmp?.Quoted is { } quoted)
            return TryFind(quoted, out key);
        key = KeyOf(packet, ip);
        if (ip.IsFragment)
            Remember(Datagram.Of(ip), key);
        return true;
    }

    // The error goes to who sent the packet, so it runs the other way.
    private bool TryFind(QuotedPacket quoted, out FlowKey key)
    {
        if (quoted is { SourcePort: int source, DestinationPort: int destination })
            key = Key(quoted.Ip, source, destination);
        else if (!_fragmented.TryGetValue(Datagram.Of(quoted.Ip), out key))
            return false;
        key = key.Reversed;
        return true;
    }

    private static FlowKey KeyOf(Packet packet, IpHeader ip) => packet switch
    {
        { Tcp: { } tcp } => Key(ip, tcp.SourcePort, tcp.DestinationPort),
        { Udp: { } udp } => Key(ip, udp.SourcePort, udp.DestinationPort),
        { Icmp.Identifier: int echo } => Key(ip, echo, echo),
        _ => Key(ip, sourcePort: 0, destinationPort: 0),
    };

    private static FlowKey Key(IpHeader ip, int sourcePort, int destinationPort) =>
        FlowKey.Of(ip, (byte)ip.Protocol, (ushort)sourcePort, (ushort)destinationPort);

    private void Remember(Datagram datagram, FlowKey key)
    {
        if (!_fragmented.ContainsKey(datagram))
            _order.Enqueue(datagram);
        _fragmented[datagram] = key;
        if (_order.Count > MaxFragmented)
            _fragmented.Remove(_order.Dequeue());
    }

    // What fragments have in common (RFC 791, RFC 8200 section 4.5).
    private readonly record struct Datagram(IPAddress Source, IPAddress Destination, uint Identification, int Protocol)
    {
        // In IPv6 what follows the fragment's header is told by the first one alone.
        public static Datagram Of(IpHeader ip) => new(ip.Source, ip.Destination, ip.Identification, ip.Version == 4 ? (int)ip.Protocol : IPPROTO_IPV6);
    }
}
