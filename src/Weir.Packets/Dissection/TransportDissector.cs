namespace Weir.Packets.Dissection;

/// <summary>What an IP packet carries, its header read.</summary>
internal static class TransportDissector
{
    public static void Dissect(Packet packet, Layer layer)
    {
        packet.Carry(layer);
        IpHeader ip = packet.Ip!;
        // Only the first fragment has the transport's header.
        if (ip.FragmentOffsetBytes > 0)
            return;
        switch (ip.Protocol)
        {
            case IpProtocol.Tcp: TcpDissector.Dissect(packet, layer); break;
            case IpProtocol.Udp: UdpDissector.Dissect(packet, layer); break;
            case IpProtocol.Icmp when ip.Version == 4: IcmpDissector.Dissect(packet, layer); break;
            case IpProtocol.Icmpv6 when ip.Version == 6: IcmpDissector.Dissect(packet, layer); break;
        }
    }

    /// <summary>Compares the checksum of a transport whose pseudo header covers the addresses.</summary>
    public static ChecksumState Verify(Packet packet, Layer layer, string protocol)
    {
        IpHeader ip = packet.Ip!;
        // Under way through a routing header the checksum is that of another destination (RFC 8200, section 8.1).
        if (!layer.IsWhole || ip.IsFragment || ip.Extensions.Any(header => header.Kind == IpProtocol.Routing))
            return ChecksumState.NotVerified;
        uint pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, layer.WireBytes);
        ChecksumState state = InternetChecksum.Verify(layer.Span, pseudo);
        if (state == ChecksumState.Wrong)
            packet.Note($"{protocol}: the checksum is wrong");
        return state;
    }

    /// <summary>The protocols that are known by their ports or their first bytes.</summary>
    public static void DissectPayload(Packet packet, int sourcePort, int destinationPort, bool isStream)
    {
        if (packet.Payload.IsEmpty)
            return;
        IReadOnlyList<int> ports = packet.Options.DnsPorts;
        for (int index = 0; index < ports.Count; index++)
        {
            if (ports[index] == sourcePort || ports[index] == destinationPort)
            {
                DnsDissector.Dissect(packet, isStream);
                return;
            }
        }

        if (isStream)
            TlsDissector.Dissect(packet);
    }
}
