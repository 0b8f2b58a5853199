using System.Net;

namespace Weir.Packets.Dissection;

internal static class ArpDissector
{
    private const int FixedBytes = 8;
    private const int IPv4Bytes = 4;

    public static void Dissect(Packet packet, Layer layer)
    {
        if (!packet.Holds(layer, FixedBytes, "arp"))
            return;
        ReadOnlySpan<byte> bytes = layer.Span;
        (int protocol, int linkBytes, int addressBytes) = (layer.UInt16(2), bytes[4], bytes[5]);
        if (protocol != (int)EtherType.Ipv4 || addressBytes != IPv4Bytes)
        {
            packet.Note($"arp: addresses of protocol 0x{protocol:x4} with {addressBytes} bytes");
            return;
        }

        int length = FixedBytes + (2 * (linkBytes + IPv4Bytes));
        if (!packet.Holds(layer, length, "arp"))
            return;
        int target = FixedBytes + linkBytes + IPv4Bytes;
        packet.Arp = new ArpHeader
        {
            Operation = (ArpOperation)layer.UInt16(6),
            SenderLink = new LinkAddress(bytes.Slice(FixedBytes, linkBytes)),
            Sender = new IPAddress(bytes.Slice(FixedBytes + linkBytes, IPv4Bytes)),
            TargetLink = new LinkAddress(bytes.Slice(target, linkBytes)),
            Target = new IPAddress(bytes.Slice(target + linkBytes, IPv4Bytes)),
        };
        // What follows is the frame's padding.
        packet.Carry(default);
    }
}
