namespace Weir.Packets.Dissection;

/// <summary>The protocol that a link's header names (linux/if_ether.h, ETH_P_*). Below 0x600 on Ethernet it is a length: an IEEE 802.3 frame.</summary>
public enum EtherType
{
    None = 0,
    Ipv4 = 0x0800,
    Arp = 0x0806,
    Vlan = 0x8100,
    Ipv6 = 0x86DD,
    Mpls = 0x8847,
    PppoeSession = 0x8864,
    Eapol = 0x888E,

    /// <summary>IEEE 802.1ad: the provider's tag.</summary>
    ServiceVlan = 0x88A8,
    Lldp = 0x88CC,

    /// <summary>The provider's tag before it was standardized.</summary>
    OldServiceVlan = 0x9100,
}
