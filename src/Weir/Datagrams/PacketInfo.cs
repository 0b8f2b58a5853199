using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Our side of a datagram, from and to the control messages IP_PKTINFO and IPV6_PKTINFO.</summary>
internal readonly record struct PacketInfo(KernelAddress Local, KernelAddress Destination, uint InterfaceIndex)
{
    /// <summary>Room for either family's control message.</summary>
    public static readonly int ControlBytes = ControlMessageWriter.SpaceFor(Marshal.SizeOf<in6_pktinfo>());

    public static PacketInfo Read(ReadOnlySpan<byte> control)
    {
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (messages is { Level: IPPROTO_IP, Type: IP_PKTINFO })
                return FromIPv4(MemoryMarshal.Read<in_pktinfo>(messages.Data));
            if (messages is { Level: IPPROTO_IPV6, Type: IPV6_PKTINFO })
                return FromIPv6(MemoryMarshal.Read<in6_pktinfo>(messages.Data));
        }

        return default;
    }

    /// <summary>Asks the kernel to send from this address.</summary>
    public static void WriteSource(ref ControlMessageWriter control, in KernelAddress source)
    {
        if (source.IsIPv6)
        {
            in6_pktinfo info = default;
            source.AddressBytes.CopyTo(MemoryMarshal.AsBytes(new Span<in6_addr>(ref info.ipi6_addr)));
            control.Add(IPPROTO_IPV6, IPV6_PKTINFO, MemoryMarshal.AsBytes(new ReadOnlySpan<in6_pktinfo>(ref info)));
        }
        else
        {
            in_pktinfo info = new() { ipi_spec_dst = MemoryMarshal.Read<uint>(source.AddressBytes) };
            control.Add(IPPROTO_IP, IP_PKTINFO, MemoryMarshal.AsBytes(new ReadOnlySpan<in_pktinfo>(ref info)));
        }
    }

    private static PacketInfo FromIPv4(in_pktinfo info) =>
        new(Address(info.ipi_spec_dst), Address(info.ipi_addr), (uint)info.ipi_ifindex);

    private static PacketInfo FromIPv6(in6_pktinfo info)
    {
        Span<byte> bytes = stackalloc byte[28];
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)AF_INET6);
        MemoryMarshal.Write(bytes[8..], in info.ipi6_addr);
        bool isMulticast = bytes[8] == 0xFF;
        var destination = KernelAddress.FromBytes(bytes);
        return new PacketInfo(isMulticast ? default : destination, destination, info.ipi6_ifindex);
    }

    private static KernelAddress Address(uint networkOrder)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)AF_INET);
        MemoryMarshal.Write(bytes[4..], networkOrder);
        return KernelAddress.FromBytes(bytes);
    }
}
