using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct nlmsghdr (netlink(7)): what every message begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct nlmsghdr
{
    /// <summary>The message's bytes, this header included.</summary>
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

/// <summary>struct nlattr (netlink(7)): its value follows, and then padding to a multiple of four.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct nlattr
{
    /// <summary>This header and the value, without the padding.</summary>
    public ushort nla_len;
    public ushort nla_type;
}

/// <summary>struct ifinfomsg (rtnetlink(7)): of RTM_NEWLINK and its like.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ifinfomsg
{
    public byte ifi_family;
    private readonly byte _padding;
    public ushort ifi_type;
    public int ifi_index;
    public uint ifi_flags;
    public uint ifi_change;
}

/// <summary>struct ifaddrmsg (rtnetlink(7)): of RTM_NEWADDR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ifaddrmsg
{
    public byte ifa_family;
    public byte ifa_prefixlen;
    public byte ifa_flags;
    public byte ifa_scope;
    public uint ifa_index;
}

/// <summary>struct rtmsg (rtnetlink(7)): of RTM_NEWROUTE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct rtmsg
{
    public byte rtm_family;
    public byte rtm_dst_len;
    public byte rtm_src_len;
    public byte rtm_tos;
    public byte rtm_table;
    public byte rtm_protocol;
    public byte rtm_scope;
    public byte rtm_type;
    public uint rtm_flags;
}

/// <summary>struct ndmsg (rtnetlink(7)): of RTM_NEWNEIGH.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ndmsg
{
    public byte ndm_family;
    private readonly byte _padding1;
    private readonly ushort _padding2;
    public int ndm_ifindex;
    public ushort ndm_state;
    public byte ndm_flags;
    public byte ndm_type;
}
