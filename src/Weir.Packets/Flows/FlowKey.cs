using System.Buffers.Binary;
using System.Net;
using Weir.Packets.Dissection;
using static Weir.Linux.Uapi;

namespace Weir.Packets.Flows;

/// <summary>
/// Who sends to whom by which protocol: read from a frame without dissecting it, for those who look at every frame. Addresses of IPv4 are those of
/// IPv6 that stand for them.
/// </summary>
public readonly record struct FlowKey(byte Protocol, UInt128 Source, ushort SourcePort, UInt128 Destination, ushort DestinationPort, bool IsIPv6)
{
    internal const int IPv6HeaderBytes = 40;

    private static readonly UInt128 s_mapped = (UInt128)0xFFFF << 32;

    public IPAddress SourceAddress => Address(Source);

    public IPAddress DestinationAddress => Address(Destination);

    /// <summary>The same flow, seen from the other side.</summary>
    public FlowKey Reversed => new(Protocol, Destination, DestinationPort, Source, SourcePort, IsIPv6);

    /// <summary>The same for both directions.</summary>
    public FlowKey Undirected => (Source, SourcePort).CompareTo((Destination, DestinationPort)) <= 0 ? this : Reversed;

    /// <summary>That of a segment.</summary>
    internal static FlowKey Of(IpHeader ip, TcpHeader tcp) => Of(ip, IPPROTO_TCP, (ushort)tcp.SourcePort, (ushort)tcp.DestinationPort);

    internal static FlowKey Of(IpHeader ip, byte protocol, ushort sourcePort, ushort destinationPort) =>
        new(protocol, Value(ip.Source), sourcePort, Value(ip.Destination), destinationPort, ip.Version == 6);

    /// <summary>That of a datagram.</summary>
    internal static FlowKey Of(IpHeader ip, UdpHeader udp) => Of(ip, IPPROTO_UDP, (ushort)udp.SourcePort, (ushort)udp.DestinationPort);

    /// <summary>Whether a frame of TCP opens a connection: SYN without ACK. False for what <see cref="TryRead"/> refuses.</summary>
    /// <param name="sequence">Its sequence number: an opening segment that is sent again has the same.</param>
    internal static bool IsOpening(ReadOnlySpan<byte> frame, LinkType link, out uint sequence)
    {
        const int FlagsAt = 13;
        const int Syn = 2;
        const int Ack = 16;
        sequence = 0;
        if (!TryFindIP(frame, link, out EtherType type, out ReadOnlySpan<byte> packet) || packet.Length < IPv6HeaderBytes)
            return false;
        int headerBytes = type == EtherType.Ipv4 ? (packet[0] & 0xF) * 4 : IPv6HeaderBytes;
        if (packet.Length <= headerBytes + FlagsAt || (packet[headerBytes + FlagsAt] & (Syn | Ack)) != Syn)
            return false;
        sequence = BinaryPrimitives.ReadUInt32BigEndian(packet[(headerBytes + 4)..]);
        return true;
    }

    /// <summary>False when the frame is no TCP or UDP, a fragment, behind extension headers, or cut off before its ports.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, LinkType link, out FlowKey key)
    {
        key = default;
        return TryFindIP(frame, link, out EtherType type, out ReadOnlySpan<byte> packet)
            && (type == EtherType.Ipv4 ? TryReadIPv4(packet, out key) : type == EtherType.Ipv6 && TryReadIPv6(packet, out key));
    }

    public override string ToString() =>
        $"{(IpProtocol)Protocol} {new IPEndPoint(SourceAddress, SourcePort)} > {new IPEndPoint(DestinationAddress, DestinationPort)}";

    private static bool TryFindIP(ReadOnlySpan<byte> frame, LinkType link, out EtherType type, out ReadOnlySpan<byte> packet)
    {
        (int typeAt, int headerBytes) = LinkLayout.Of(link);
        type = EtherType.None;
        packet = default;
        if (typeAt == LinkLayout.IsUnknown || frame.Length <= headerBytes)
            return false;
        packet = frame[headerBytes..];
        type = typeAt >= 0 ? TypeAt(frame, typeAt) : (packet[0] >> 4) switch { 4 => EtherType.Ipv4, 6 => EtherType.Ipv6, _ => EtherType.None };
        for (int i = 0; i < LinkDissector.MaxVlanTags && packet.Length > 4 && type is EtherType.Vlan or EtherType.ServiceVlan or EtherType.OldServiceVlan; i++)
        {
            type = TypeAt(packet, 2);
            packet = packet[4..];
        }

        return true;
    }

    private static EtherType TypeAt(ReadOnlySpan<byte> bytes, int at) => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static bool TryReadIPv4(ReadOnlySpan<byte> packet, out FlowKey key)
    {
        key = default;
        if (packet.Length < 20 || packet[0] >> 4 != 4)
            return false;
        int headerBytes = (packet[0] & 0xF) * 4;
        // The first one too, though it has ports: who asks has to remember them for the later ones.
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        if (isFragment || headerBytes < 20 || packet.Length < headerBytes + 4 || packet[9] is not (IPPROTO_TCP or IPPROTO_UDP))
            return false;
        key = new FlowKey(
            packet[9],
            Mapped(packet[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[headerBytes..]),
            Mapped(packet[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[(headerBytes + 2)..]),
            IsIPv6: false);
        return true;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> packet, out FlowKey key)
    {
        key = default;
        if (packet.Length < IPv6HeaderBytes + 4 || packet[0] >> 4 != 6 || packet[6] is not (IPPROTO_TCP or IPPROTO_UDP))
            return false;
        key = new FlowKey(
            packet[6],
            BinaryPrimitives.ReadUInt128BigEndian(packet[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[IPv6HeaderBytes..]),
            BinaryPrimitives.ReadUInt128BigEndian(packet[24..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[(IPv6HeaderBytes + 2)..]),
            IsIPv6: true);
        return true;
    }

    private static UInt128 Mapped(ReadOnlySpan<byte> address) => s_mapped | BinaryPrimitives.ReadUInt32BigEndian(address);

    private static UInt128 Value(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == sizeof(uint) ? Mapped(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress Address(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(IsIPv6 ? bytes : bytes[12..]);
    }
}
