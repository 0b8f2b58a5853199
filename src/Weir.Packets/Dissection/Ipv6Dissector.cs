using System.Net;

namespace Weir.Packets.Dissection;

internal static class Ipv6Dissector
{
    private const int FixedBytes = 40;

    public static void Dissect(Packet packet, Layer layer)
    {
        if (ReadHeaders(packet, layer) is { } rest)
            TransportDissector.Dissect(packet, rest);
    }

    /// <summary>What follows the last header, or null when one is not whole.</summary>
    public static Layer? ReadHeaders(Packet packet, Layer layer)
    {
        if (!packet.Holds(layer, FixedBytes, "ip6"))
            return null;
        ReadOnlySpan<byte> bytes = layer.Span;
        if (bytes[0] >> 4 != 6)
        {
            packet.Note($"ip6: version {bytes[0] >> 4} where 6 is announced");
            return null;
        }

        var next = (IpProtocol)bytes[6];
        layer = Announced(packet, layer, layer.UInt16(4), next);
        ExtensionChain chain = ExtensionChain.Read(packet, layer.Skip(FixedBytes), next);
        packet.Ip = Header(layer, chain);
        packet.Carry(chain.Rest);
        return chain.IsWhole ? chain.Rest : null;
    }

    // As in IPv4, 0 stands for a length that the field has no room for; a jumbogram (RFC 2675) has it in an option, which says no more than
    // the frame's length.
    private static Layer Announced(Packet packet, Layer layer, int payloadBytes, IpProtocol next)
    {
        if (payloadBytes == 0 && next != IpProtocol.NoNext)
            return layer;
        if (FixedBytes + payloadBytes > layer.WireBytes)
            packet.Note($"ip6: {FixedBytes + payloadBytes} bytes announced, {layer.WireBytes} came");
        return layer.Limit(FixedBytes + payloadBytes);
    }

    private static IpHeader Header(Layer layer, ExtensionChain chain)
    {
        ReadOnlySpan<byte> bytes = layer.Span;
        uint first = layer.UInt32(0);
        return new IpHeader
        {
            Version = 6,
            TrafficClass = (int)(first >> 20) & 0xFF,
            FlowLabel = (int)(first & 0xFFFFF),
            HopLimit = bytes[7],
            Source = new IPAddress(bytes.Slice(8, 16)),
            Destination = new IPAddress(bytes.Slice(24, 16)),
            Protocol = chain.Protocol,
            HeaderBytes = FixedBytes + chain.LengthBytes,
            TotalBytes = layer.WireBytes,
            Extensions = chain.Headers,
            Identification = chain.Identification,
            FragmentOffsetBytes = chain.FragmentOffsetBytes,
            MoreFragments = chain.MoreFragments,
        };
    }
}
