using System.Net;

namespace Weir.Packets.Dissection;

internal static class IcmpDissector
{
    private const int HeaderBytes = 8;

    public static void Dissect(Packet packet, Layer layer)
    {
        int version = packet.Ip!.Version;
        string protocol = version == 4 ? "icmp" : "icmp6";
        if (!packet.Holds(layer, HeaderBytes, protocol))
            return;
        ReadOnlySpan<byte> bytes = layer.Span;
        (int type, int code) = (bytes[0], bytes[1]);
        bool isEcho = IsEcho(version, type);
        packet.Icmp = new IcmpMessage
        {
            Version = version,
            Type = type,
            Code = code,
            Checksum = (ushort)layer.UInt16(2),
            ChecksumState = Verify(packet, layer, protocol),
            Identifier = isEcho ? layer.UInt16(4) : null,
            Sequence = isEcho ? layer.UInt16(6) : null,
            MtuBytes = Mtu(layer, version, type, code),
            Gateway = (version, type) == (4, 5) ? new IPAddress(bytes.Slice(4, 4)) : null,
            Quoted = IsError(version, type) ? Quote(packet, layer.Skip(HeaderBytes), version) : null,
            Neighbor = version == 6 ? NeighborDissector.Dissect(packet, layer, type) : null,
        };
        packet.Carry(layer.Skip(HeaderBytes));
    }

    private static bool IsEcho(int version, int type) => version == 4 ? type is 0 or 8 : type is 128 or 129;

    private static bool IsError(int version, int type) => version == 4 ? type is 3 or 4 or 5 or 11 or 12 : type is >= 1 and <= 4;

    private static int? Mtu(Layer layer, int version, int type, int code) => (version, type, code) switch
    {
        (4, 3, 4) => layer.UInt16(6),
        (6, 2, _) => (int)Math.Min(layer.UInt32(4), int.MaxValue),
        _ => null,
    };

    private static ChecksumState Verify(Packet packet, Layer layer, string protocol)
    {
        if (packet.Ip!.Version == 6)
            return TransportDissector.Verify(packet, layer, protocol);
        if (!layer.IsWhole || packet.Ip.IsFragment)
            return ChecksumState.NotVerified;
        ChecksumState state = InternetChecksum.Verify(layer.Span);
        if (state == ChecksumState.Wrong)
            packet.Note($"{protocol}: the checksum is wrong");
        return state;
    }

    // What is wrong with the quoted packet is no fault of this one: it is cut off on purpose.
    private static QuotedPacket? Quote(Packet packet, Layer layer, int version)
    {
        var quoted = new Packet(packet.Frame, packet.Options);
        Layer? rest = version == 4 ? Ipv4Dissector.ReadHeader(quoted, layer) : Ipv6Dissector.ReadHeaders(quoted, layer);
        if (quoted.Ip is not { } ip)
            return null;
        bool hasPorts = rest is { Bytes.Length: >= 4 } && ip.FragmentOffsetBytes == 0
            && ip.Protocol is (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp);
        return new QuotedPacket(ip)
        {
            SourcePort = hasPorts ? rest!.Value.UInt16(0) : null,
            DestinationPort = hasPorts ? rest!.Value.UInt16(2) : null,
            Sequence = hasPorts && ip.Protocol == IpProtocol.Tcp && rest!.Value.Bytes.Length >= 8
                ? new SequenceNumber(rest.Value.UInt32(4))
                : null,
        };
    }
}
