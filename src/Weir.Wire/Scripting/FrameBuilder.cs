using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using Weir.Packets.Dissection;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Ethernet frames with right lengths and checksums.</summary>
internal static class FrameBuilder
{
    private const int EthernetBytes = 14;
    private const int IPv4Bytes = 20;
    private const int IPv6Bytes = 40;
    private const int TcpBytes = 20;
    private const int ArpBytes = 28;
    private const int AdvertisementBytes = 32;
    private const byte HopLimit = 64;
    private const byte NeighborHopLimit = 255;

    /// <summary>Where a frame comes from or goes to.</summary>
    public readonly record struct Station(PhysicalAddress Mac, IPAddress Address);

    public static byte[] Tcp(Station from, Station to, TcpFields fields, ReadOnlySpan<byte> options, ReadOnlySpan<byte> payload)
    {
        byte[] segment = new byte[TcpBytes + options.Length + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)fields.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)fields.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), fields.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), fields.Acknowledgment);
        segment[12] = (byte)((TcpBytes + options.Length) / 4 << 4);
        segment[13] = (byte)fields.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), fields.Window);
        options.CopyTo(segment.AsSpan(TcpBytes));
        payload.CopyTo(segment.AsSpan(TcpBytes + options.Length));
        uint pseudo = InternetChecksum.PseudoHeader(from.Address, to.Address, IpProtocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), InternetChecksum.Of(segment, pseudo));
        return Packet(from, to, (byte)IpProtocol.Tcp, HopLimit, segment);
    }

    /// <summary>The answer to who has <paramref name="from"/>'s address.</summary>
    public static byte[] ArpReply(Station from, Station to)
    {
        byte[] frame = Ethernet(from, to, ETH_P_ARP, ArpBytes);
        Span<byte> arp = frame.AsSpan(EthernetBytes);
        // Ethernet, IPv4, their lengths, reply.
        ((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4, 0, 2]).CopyTo(arp);
        from.Mac.GetAddressBytes().CopyTo(arp[8..]);
        from.Address.GetAddressBytes().CopyTo(arp[14..]);
        to.Mac.GetAddressBytes().CopyTo(arp[18..]);
        to.Address.GetAddressBytes().CopyTo(arp[24..]);
        return frame;
    }

    /// <summary>The same for IPv6 (RFC 4861, section 4.4).</summary>
    public static byte[] NeighborAdvertisement(Station from, Station to)
    {
        byte[] message = new byte[AdvertisementBytes];
        // Solicited, and overriding what was known.
        (message[0], message[4]) = (136, 0x60);
        from.Address.GetAddressBytes().CopyTo(message, 8);
        // The option that says our hardware address.
        (message[24], message[25]) = (2, 1);
        from.Mac.GetAddressBytes().CopyTo(message, 26);
        uint pseudo = InternetChecksum.PseudoHeader(from.Address, to.Address, IpProtocol.Icmpv6, message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Of(message, pseudo));
        return Packet(from, to, (byte)IpProtocol.Icmpv6, NeighborHopLimit, message);
    }

    private static byte[] Packet(Station from, Station to, byte protocol, byte hopLimit, ReadOnlySpan<byte> payload)
    {
        bool isIPv6 = from.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        int headerBytes = isIPv6 ? IPv6Bytes : IPv4Bytes;
        byte[] frame = Ethernet(from, to, isIPv6 ? ETH_P_IPV6 : ETH_P_IP, headerBytes + payload.Length);
        Span<byte> header = frame.AsSpan(EthernetBytes, headerBytes);
        if (isIPv6)
        {
            header[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payload.Length);
            (header[6], header[7]) = (protocol, hopLimit);
            from.Address.GetAddressBytes().CopyTo(header[8..]);
            to.Address.GetAddressBytes().CopyTo(header[24..]);
        }
        else
        {
            header[0] = (4 << 4) | (IPv4Bytes / 4);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(headerBytes + payload.Length));
            // Not to be fragmented.
            header[6] = 0x40;
            (header[8], header[9]) = (hopLimit, protocol);
            from.Address.GetAddressBytes().CopyTo(header[12..]);
            to.Address.GetAddressBytes().CopyTo(header[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
        }

        payload.CopyTo(frame.AsSpan(EthernetBytes + headerBytes));
        return frame;
    }

    private static byte[] Ethernet(Station from, Station to, ushort protocol, int payloadBytes)
    {
        byte[] frame = new byte[EthernetBytes + payloadBytes];
        to.Mac.GetAddressBytes().CopyTo(frame, 0);
        from.Mac.GetAddressBytes().CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), protocol);
        return frame;
    }
}

/// <summary>The numbers of a TCP header, as they stand in it.</summary>
internal readonly record struct TcpFields(int SourcePort, int DestinationPort, uint Sequence, uint Acknowledgment, TcpFlags Flags, ushort Window);
