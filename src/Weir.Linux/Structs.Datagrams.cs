using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct in_pktinfo (ip(7)): the interface and the address of our side of a datagram, in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct in_pktinfo
{
    public int ipi_ifindex;

    /// <summary>Sending: the source. Receiving: the local address that the routing chose.</summary>
    public uint ipi_spec_dst;

    /// <summary>Receiving: the destination in the packet's header.</summary>
    public uint ipi_addr;
}

/// <summary>struct in6_pktinfo (ipv6(7)): the address and the interface of our side of a datagram.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct in6_pktinfo
{
    public in6_addr ipi6_addr;
    public uint ipi6_ifindex;
}

/// <summary>struct in6_addr: sixteen bytes in network order, aligned to four.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct in6_addr
{
    private readonly uint _first;
    private readonly uint _second;
    private readonly uint _third;
    private readonly uint _fourth;
}

/// <summary>struct sock_extended_err (ip(7), IP_RECVERR); the address of whoever reported the error follows it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sock_extended_err
{
    public uint ee_errno;

    /// <summary>SO_EE_ORIGIN_*: this machine or an ICMP message.</summary>
    public byte ee_origin;
    public byte ee_type;
    public byte ee_code;
    public byte ee_pad;
    public uint ee_info;
    public uint ee_data;
}

/// <summary>struct group_req (ip(7), MCAST_JOIN_GROUP): an interface and a group of either family.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct group_req
{
    public uint gr_interface;
    private readonly uint _padding;
    public sockaddr_storage gr_group;
}

/// <summary>struct sockaddr_storage: room for every family's address.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sockaddr_storage
{
    public ushort ss_family;
    private readonly Rest _rest;

    [InlineArray(15)]
    private struct Rest
    {
        private ulong _first;
    }
}

/// <summary>struct sock_filter: one instruction of a classic BPF program (socket(7), SO_ATTACH_FILTER).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sock_filter
{
    public ushort code;
    public byte jt;
    public byte jf;
    public uint k;
}

/// <summary>struct sock_fprog: a classic BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct sock_fprog
{
    /// <summary>Instructions.</summary>
    public ushort len;
    public sock_filter* filter;
}
