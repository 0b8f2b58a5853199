using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct sockaddr_ll (packet(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct sockaddr_ll
{
    public ushort sll_family;

    /// <summary>ETH_P_*, in network order.</summary>
    public ushort sll_protocol;
    public int sll_ifindex;
    public ushort sll_hatype;

    /// <summary>PACKET_OUTGOING and so on.</summary>
    public byte sll_pkttype;
    public byte sll_halen;
    public fixed byte sll_addr[8];
}

/// <summary>struct ifreq (netdevice(7)), with the members of its union that are used here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
public unsafe struct ifreq
{
    [FieldOffset(0)]
    public fixed byte ifr_name[Uapi.IFNAMSIZ];

    [FieldOffset(16)]
    public int ifr_ifindex;

    [FieldOffset(16)]
    public void* ifr_data;
}

/// <summary>struct ethtool_value (linux/ethtool.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ethtool_value
{
    public uint cmd;
    public uint data;
}

/// <summary>struct tpacket_stats: what PACKET_STATISTICS gives, counted since it was read last.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct tpacket_stats
{
    public uint tp_packets;
    public uint tp_drops;
}

/// <summary>struct tpacket_req: a ring of frames that the kernel shares (packet(7), PACKET_RX_RING).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct tpacket_req
{
    /// <summary>Bytes; a multiple of the page.</summary>
    public uint tp_block_size;
    public uint tp_block_nr;

    /// <summary>Bytes; a multiple of sixteen.</summary>
    public uint tp_frame_size;
    public uint tp_frame_nr;
}

/// <summary>struct tpacket2_hdr: what each frame of the ring begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct tpacket2_hdr
{
    /// <summary>TP_STATUS_*: whose the frame is.</summary>
    public uint tp_status;
    public uint tp_len;
    public uint tp_snaplen;

    /// <summary>Where the frame's bytes begin, from here.</summary>
    public ushort tp_mac;
    public ushort tp_net;
    public uint tp_sec;
    public uint tp_nsec;
    public ushort tp_vlan_tci;
    public ushort tp_vlan_tpid;
    private readonly uint _padding;
}
