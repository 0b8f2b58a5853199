namespace Weir.Linux;

public static partial class Uapi
{
    // sys/socket.h
    public const int AF_PACKET = 17;
    public const int SOCK_RAW = 3;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_SNDBUFFORCE = 32;

    // linux/if_packet.h
    public const int SOL_PACKET = 263;
    public const int PACKET_RX_RING = 5;
    public const int PACKET_STATISTICS = 6;
    public const int PACKET_VERSION = 10;
    public const int TPACKET_V2 = 1;
    public const uint TP_STATUS_KERNEL = 0;
    public const uint TP_STATUS_USER = 1;
    public const uint TP_STATUS_VLAN_VALID = 1 << 4;
    public const uint TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    public const int PACKET_QDISC_BYPASS = 20;
    public const int PACKET_IGNORE_OUTGOING = 23;
    public const byte PACKET_OUTGOING = 4;

    // linux/if_ether.h
    public const ushort ETH_P_ALL = 3;
    public const ushort ETH_P_IP = 0x800;
    public const ushort ETH_P_ARP = 0x806;
    public const ushort ETH_P_8021Q = 0x8100;
    public const ushort ETH_P_IPV6 = 0x86dd;

    // linux/if.h
    public const int IFNAMSIZ = 16;
    public const uint IFF_UP = 1;

    // linux/sockios.h
    public const uint SIOCGIFINDEX = 0x8933;
    public const uint SIOCETHTOOL = 0x8946;

    // linux/ethtool.h
    public const uint ETHTOOL_SRXCSUM = 0x15;
    public const uint ETHTOOL_STXCSUM = 0x17;
    public const uint ETHTOOL_SSG = 0x19;
    public const uint ETHTOOL_STSO = 0x1f;
    public const uint ETHTOOL_SGSO = 0x24;
    public const uint ETHTOOL_SGRO = 0x2c;
}
