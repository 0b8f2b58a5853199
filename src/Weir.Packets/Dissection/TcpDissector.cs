namespace Weir.Packets.Dissection;

internal static class TcpDissector
{
    private const int FixedBytes = 20;
    private const int FlagMask = 0x1FF;

    public static void Dissect(Packet packet, Layer layer)
    {
        if (!packet.Holds(layer, FixedBytes, "tcp"))
            return;
        int headerBytes = (layer.Span[12] >> 4) * 4;
        if (headerBytes < FixedBytes || headerBytes > layer.WireBytes)
        {
            packet.Note($"tcp: a header of {headerBytes} bytes in a segment of {layer.WireBytes}");
            headerBytes = FixedBytes;
        }

        bool isWhole = packet.Holds(layer, headerBytes, "tcp");
        packet.Tcp = Header(packet, layer, headerBytes);
        packet.Carry(layer.Skip(headerBytes));
        if (isWhole)
            TransportDissector.DissectPayload(packet, packet.Tcp.SourcePort, packet.Tcp.DestinationPort, isStream: true);
    }

    private static TcpHeader Header(Packet packet, Layer layer, int headerBytes)
    {
        var acknowledgment = new SequenceNumber(layer.UInt32(8));
        ReadOnlyMemory<byte> options = layer.Bytes[FixedBytes..Math.Min(headerBytes, layer.Bytes.Length)];
        return new TcpHeader
        {
            SourcePort = layer.UInt16(0),
            DestinationPort = layer.UInt16(2),
            Sequence = new SequenceNumber(layer.UInt32(4)),
            Acknowledgment = acknowledgment,
            HeaderBytes = headerBytes,
            Flags = (TcpFlags)(layer.UInt16(12) & FlagMask),
            Window = layer.UInt16(14),
            Checksum = (ushort)layer.UInt16(16),
            ChecksumState = packet.Options.VerifyChecksums
                ? TransportDissector.Verify(packet, layer, "tcp")
                : ChecksumState.NotVerified,
            UrgentPointer = layer.UInt16(18),
            Options = options.IsEmpty ? TcpOptions.None : new TcpOptionReader(packet, acknowledgment).Read(options),
        };
    }
}
