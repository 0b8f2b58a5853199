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
    private const int IsRaw = -1;
    private const int IsUnknown = -2;
    private const int IPv6HeaderBytes = 40;
    private static readonly UInt128 s_mapped = (UInt128)0xFFFF << 32;

    public IPAddress SourceAddress => Address(Source);

    public IPAddress DestinationAddress => Address(Destination);

    /// <summary>The same flow, seen from the other side.</summary>
    public FlowKey Reversed => new(Protocol, Destination, DestinationPort, Source, SourcePort, IsIPv6);

    /// <summary>The same for both directions.</summary>
    public FlowKey Undirected => (Source, SourcePort).CompareTo((Destination, DestinationPort)) <= 0 ? this : Reversed;

    /// <summary>That of a segment.</summary>
    internal static FlowKey Of(IpHeader ip, TcpHeader tcp) =>
        new(IPPROTO_TCP, Value(ip.Source), (ushort)tcp.SourcePort, Value(ip.Destination), (ushort)tcp.DestinationPort, ip.Version == 6);

    /// <summary>That of a datagram.</summary>
    internal static FlowKey Of(IpHeader ip, UdpHeader udp) =>
        new(IPPROTO_UDP, Value(ip.Source), (ushort)udp.SourcePort, Value(ip.Destination), (ushort)udp.DestinationPort, ip.Version == 6);

    /// <summary>False when the frame is no TCP or UDP, a later fragment, behind extension headers, or cut off before its ports.</summary>
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
        (int typeAt, int headerBytes) = link switch
        {
            LinkType.Ethernet => (12, 14),
            LinkType.Null => (IsRaw, 4),
            LinkType.Raw or LinkType.Ipv4 or LinkType.Ipv6 => (IsRaw, 0),
            LinkType.LinuxCooked => (14, 16),
            LinkType.LinuxCookedV2 => (0, 20),
            _ => (IsUnknown, 0),
        };
        type = EtherType.None;
        packet = default;
        if (typeAt == IsUnknown || frame.Length <= headerBytes)
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
        bool isLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) != 0;
        if (isLaterFragment || headerBytes < 20 || packet.Length < headerBytes + 4 || packet[9] is not (IPPROTO_TCP or IPPROTO_UDP))
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
