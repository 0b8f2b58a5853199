namespace Weir.Packets.Dissection;

internal static class UdpDissector
{
    public static void Dissect(Packet packet, Layer layer)
    {
        if (!packet.Holds(layer, UdpHeader.HeaderBytes, "udp"))
            return;
        (int length, int checksum) = (layer.UInt16(4), layer.UInt16(6));
        // 0 stands for a length that the field has no room for (RFC 2675, section 4).
        if (length is > 0 and < UdpHeader.HeaderBytes)
            packet.Note($"udp: a length of {length} bytes");
        else if (length > layer.WireBytes && !packet.Ip!.IsFragment)
            packet.Note($"udp: {length} bytes announced, {layer.WireBytes} came");
        Layer datagram = length < UdpHeader.HeaderBytes ? layer : layer.Limit(length);
        packet.Udp = new UdpHeader
        {
            SourcePort = layer.UInt16(0),
            DestinationPort = layer.UInt16(2),
            LengthBytes = length,
            Checksum = (ushort)checksum,
            ChecksumState = Verify(packet, datagram, checksum, length),
        };
        packet.Carry(datagram.Skip(UdpHeader.HeaderBytes));
        TransportDissector.DissectPayload(packet, packet.Udp.SourcePort, packet.Udp.DestinationPort, isStream: false);
    }

    private static ChecksumState Verify(Packet packet, Layer datagram, int checksum, int length)
    {
        if (checksum == 0)
            return ChecksumState.Absent;
        return packet.Options.VerifyChecksums && length == datagram.WireBytes
            ? TransportDissector.Verify(packet, datagram, "udp")
            : ChecksumState.NotVerified;
    }
}
