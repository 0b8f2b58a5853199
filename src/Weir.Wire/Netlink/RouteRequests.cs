using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Netlink;

/// <summary>The requests that hosts are built with (rtnetlink(7)).</summary>
internal static class RouteRequests
{
    private const ushort CreateNew = NLM_F_CREATE | NLM_F_EXCL;

    /// <summary>One end of a veth pair, to be made.</summary>
    public sealed record VethEnd(string Name, PhysicalAddress Mac, SafeFd? Namespace);

    public static NetlinkRequest CreateVeth(VethEnd near, VethEnd far, int mtuBytes) =>
        new NetlinkRequest($"create {near.Name} and {far.Name}", RTM_NEWLINK, CreateNew)
            .Begin(default(ifinfomsg))
            .With(near, mtuBytes)
            .Nest(IFLA_LINKINFO, info => info
                .Add(IFLA_INFO_KIND, "veth")
                .Nest(IFLA_INFO_DATA, data => data.Nest(VETH_INFO_PEER, peer => peer.Begin(default(ifinfomsg)).With(far, mtuBytes))));

    /// <summary>Of a veth pair both ends go.</summary>
    public static NetlinkRequest Delete(string name, int index) =>
        new NetlinkRequest($"delete {name}", RTM_DELLINK).Begin(new ifinfomsg { ifi_index = index });

    public static NetlinkRequest BringUp(string name, int index) =>
        new NetlinkRequest($"bring up {name}", RTM_NEWLINK)
            .Begin(new ifinfomsg { ifi_index = index, ifi_flags = IFF_UP, ifi_change = IFF_UP });

    public static NetlinkRequest SetMtu(string name, int index, int mtuBytes) =>
        new NetlinkRequest($"set the MTU of {name} to {mtuBytes}", RTM_NEWLINK)
            .Begin(new ifinfomsg { ifi_index = index })
            .Add(IFLA_MTU, mtuBytes);

    /// <summary>No link-local address by itself; IPv6 has to be there.</summary>
    public static NetlinkRequest KeepFromMakingAddresses(string name, int index) =>
        new NetlinkRequest($"keep {name} from making addresses of its own", RTM_NEWLINK)
            .Begin(new ifinfomsg { ifi_index = index })
            .Nest(IFLA_AF_SPEC, families => families.Nest(
                AF_INET6, inet6 => inet6.Add(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE)));

    public static NetlinkRequest AddAddress(string name, int index, IPNetworkAddress address) =>
        new NetlinkRequest($"give {address} to {name}", RTM_NEWADDR, CreateNew)
            .Begin(new ifaddrmsg { ifa_family = FamilyOf(address.Address), ifa_prefixlen = (byte)address.PrefixLength, ifa_index = (uint)index })
            .Add(IFA_LOCAL, address.Address.GetAddressBytes())
            .Add(IFA_ADDRESS, address.Address.GetAddressBytes())
            .Add(IFA_FLAGS, IFA_F_NODAD);

    public static NetlinkRequest AddRoute(IPNetworkAddress destination, IPAddress gateway)
    {
        NetlinkRequest request = new NetlinkRequest($"add a route to {destination} via {gateway}", RTM_NEWROUTE, CreateNew)
            .Begin(new rtmsg
            {
                rtm_family = FamilyOf(gateway),
                rtm_dst_len = (byte)destination.PrefixLength,
                rtm_table = RT_TABLE_MAIN,
                rtm_protocol = RTPROT_STATIC,
                rtm_scope = RT_SCOPE_UNIVERSE,
                rtm_type = RTN_UNICAST,
            });
        if (destination.PrefixLength > 0)
            request.Add(RTA_DST, destination.Address.GetAddressBytes());
        return request.Add(RTA_GATEWAY, gateway.GetAddressBytes());
    }

    /// <summary>Nobody has to ask for the hardware address of this neighbour.</summary>
    public static NetlinkRequest AddNeighbor(int index, IPAddress address, PhysicalAddress mac) =>
        new NetlinkRequest($"make {address} known as a neighbour", RTM_NEWNEIGH, NLM_F_CREATE)
            .Begin(new ndmsg { ndm_family = FamilyOf(address), ndm_ifindex = index, ndm_state = NUD_PERMANENT })
            .Add(NDA_DST, address.GetAddressBytes())
            .Add(NDA_LLADDR, mac.GetAddressBytes());

    private static NetlinkRequest With(this NetlinkRequest request, VethEnd end, int mtuBytes)
    {
        request.Add(IFLA_IFNAME, end.Name).Add(IFLA_ADDRESS, end.Mac.GetAddressBytes()).Add(IFLA_MTU, mtuBytes);
        // One queue keeps frames in the order in which they were sent.
        request.Add(IFLA_NUM_TX_QUEUES, 1).Add(IFLA_NUM_RX_QUEUES, 1);
        return end.Namespace is null ? request : request.Add(IFLA_NET_NS_FD, end.Namespace.Number);
    }

    private static byte FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)AF_INET6 : (byte)AF_INET;
}
