using System.Net;

namespace Weir.Packets.Dissection;

internal static class Ipv4Dissector
{
    private const int FixedBytes = 20;
    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int OffsetMask = 0x1FFF;
    private const int OffsetUnitBytes = 8;

    public static void Dissect(Packet packet, Layer layer)
    {
        if (ReadHeader(packet, layer) is { } rest)
            TransportDissector.Dissect(packet, rest);
    }

    /// <summary>What follows the header, or null when it is not whole.</summary>
    public static Layer? ReadHeader(Packet packet, Layer layer)
    {
        if (!packet.Holds(layer, FixedBytes, "ip"))
            return null;
        ReadOnlySpan<byte> bytes = layer.Span;
        (int version, int headerBytes) = (bytes[0] >> 4, (bytes[0] & 0xF) * 4);
        if (version != 4 || headerBytes < FixedBytes)
        {
            packet.Note(version != 4 ? $"ip: version {version} where 4 is announced" : $"ip: a header of {headerBytes} bytes");
            return null;
        }

        layer = Announced(packet, layer, layer.UInt16(2), headerBytes);
        packet.Ip = Header(packet, layer, headerBytes);
        packet.Carry(layer.Skip(headerBytes));
        return packet.Holds(layer, headerBytes, "ip") ? layer.Skip(headerBytes) : null;
    }

    // A frame that waits to be split by its sender's card, or was joined by the receiver's, may be longer than the field can say: then it says 0.
    private static Layer Announced(Packet packet, Layer layer, int totalBytes, int headerBytes)
    {
        if (totalBytes == 0)
            return layer;
        if (totalBytes < headerBytes)
            packet.Note($"ip: {totalBytes} bytes announced, and a header of {headerBytes}");
        else if (totalBytes > layer.WireBytes)
            packet.Note($"ip: {totalBytes} bytes announced, {layer.WireBytes} came");
        return layer.Limit(Math.Max(totalBytes, headerBytes));
    }

    private static IpHeader Header(Packet packet, Layer layer, int headerBytes)
    {
        ReadOnlySpan<byte> bytes = layer.Span;
        int fragment = layer.UInt16(6);
        ChecksumState state = bytes.Length < headerBytes || layer.UInt16(2) == 0
            ? ChecksumState.NotVerified
            : InternetChecksum.Verify(bytes[..headerBytes]);
        if (state == ChecksumState.Wrong)
            packet.Note($"ip: the header's checksum is wrong: 0x{layer.UInt16(10):x4}");
        return new IpHeader
        {
            Version = 4,
            TrafficClass = bytes[1],
            HeaderBytes = headerBytes,
            TotalBytes = layer.WireBytes,
            OptionsBytes = headerBytes - FixedBytes,
            Identification = (uint)layer.UInt16(4),
            DontFragment = (fragment & DontFragmentBit) != 0,
            MoreFragments = (fragment & MoreFragmentsBit) != 0,
            FragmentOffsetBytes = (fragment & OffsetMask) * OffsetUnitBytes,
            HopLimit = bytes[8],
            Protocol = (IpProtocol)bytes[9],
            Checksum = (ushort)layer.UInt16(10),
            ChecksumState = state,
            Source = new IPAddress(bytes.Slice(12, 4)),
            Destination = new IPAddress(bytes.Slice(16, 4)),
        };
    }
}
