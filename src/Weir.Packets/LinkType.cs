namespace Weir.Packets;

/// <summary>What a captured frame begins with: the LINKTYPE_ numbers of pcap and pcapng files (www.tcpdump.org/linktypes.html).</summary>
public enum LinkType
{
    /// <summary>BSD loopback: four bytes of address family in the byte order of the capturing machine.</summary>
    Null = 0,

    Ethernet = 1,

    /// <summary>An IPv4 or IPv6 header, as its first four bits say.</summary>
    Raw = 101,

    /// <summary>LINUX_SLL: the "any" device of older captures.</summary>
    LinuxCooked = 113,

    Ipv4 = 228,

    Ipv6 = 229,

    /// <summary>LINUX_SLL2: the "any" device, with the interface's index.</summary>
    LinuxCookedV2 = 276,
}
