using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Weir.Packets.Dissection;
using static Weir.Linux.Uapi;

namespace Weir.Packets.Flows;

/// <summary>
/// What the frames of a flow have in common in their first 64 bytes: two comparisons tell whether another frame is of the same flow, where reading
/// its <see cref="FlowKey"/> and looking that up takes ten times as long.
/// </summary>
public sealed class FlowPattern
{
    /// <summary>How much of a frame is compared; of shorter ones there is no pattern.</summary>
    public const int LengthBytes = 64;

    private const int PortBytes = 2 * sizeof(ushort);

    private const int FlagsAt = 13;
    private const byte Syn = 0x02;

    private readonly LinkType _link;
    private readonly int _flagsAt;
    private readonly Vector512<byte> _mask;
    private readonly Vector512<byte> _value;

    private FlowPattern(ReadOnlySpan<byte> frame, LinkType link, Vector512<byte> mask, int flagsAt)
    {
        _link = link;
        _flagsAt = flagsAt;
        _mask = mask;
        _value = Vector512.Create(frame) & mask;
    }

    /// <summary>The pattern of a frame from which a <see cref="FlowKey"/> was read; null when its ports are too far behind, or there are VLAN tags.</summary>
    public static FlowPattern? Of(ReadOnlySpan<byte> frame, LinkType link)
    {
        (int typeAt, int ipAt) = LinkLayout.Of(link);
        if (typeAt == LinkLayout.IsUnknown || frame.Length < LengthBytes)
            return null;
        Span<byte> mask = stackalloc byte[LengthBytes];
        if (typeAt >= 0)
            mask.Slice(typeAt, sizeof(ushort)).Fill(byte.MaxValue);
        ReadOnlySpan<byte> packet = frame[ipAt..];
        int portsAt = (packet[0] >> 4, typeAt < 0 ? EtherType.None : TypeOf(frame, typeAt)) switch
        {
            (4, EtherType.None or EtherType.Ipv4) => MarkIPv4(packet, mask[ipAt..]),
            (6, EtherType.None or EtherType.Ipv6) => MarkIPv6(mask[ipAt..]),
            _ => 0,
        };
        if (portsAt == 0)
            return null;
        bool isTcp = packet[portsAt == FlowKey.IPv6HeaderBytes && packet[0] >> 4 == 6 ? 6 : 9] == IPPROTO_TCP;
        return new FlowPattern(frame, link, Vector512.Create<byte>(mask), isTcp ? ipAt + portsAt + FlagsAt : 0);
    }

    /// <summary>
    /// Whether a frame goes on with the flow, in the same direction. False when it is too short to tell, and when it begins a connection: that may be
    /// another one between the same addresses.
    /// </summary>
    public bool Matches(ReadOnlySpan<byte> frame, LinkType link) =>
        frame.Length >= LengthBytes && link == _link && (Vector512.Create(frame) & _mask) == _value && GoesOn(frame);

    private bool GoesOn(ReadOnlySpan<byte> frame) => _flagsAt == 0 || (_flagsAt < frame.Length && (frame[_flagsAt] & Syn) == 0);

    private static EtherType TypeOf(ReadOnlySpan<byte> frame, int at) => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);

    // Version and header length, no fragment, protocol, addresses, ports. Where the ports are, or zero when that is too far behind.
    private static int MarkIPv4(ReadOnlySpan<byte> packet, Span<byte> mask)
    {
        int headerBytes = (packet[0] & 0xF) * sizeof(uint);
        if (headerBytes + PortBytes > mask.Length)
            return 0;
        mask[0] = byte.MaxValue;
        (mask[6], mask[7]) = (0x3F, byte.MaxValue);
        mask[9] = byte.MaxValue;
        mask.Slice(12, 2 * sizeof(uint)).Fill(byte.MaxValue);
        mask.Slice(headerBytes, PortBytes).Fill(byte.MaxValue);
        return headerBytes;
    }

    // Version, next header, addresses, ports.
    private static int MarkIPv6(Span<byte> mask)
    {
        if (FlowKey.IPv6HeaderBytes + PortBytes > mask.Length)
            return 0;
        mask[0] = 0xF0;
        mask[6] = byte.MaxValue;
        mask[8..(FlowKey.IPv6HeaderBytes + PortBytes)].Fill(byte.MaxValue);
        return FlowKey.IPv6HeaderBytes;
    }
}
