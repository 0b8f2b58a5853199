using System.Net;
using System.Net.NetworkInformation;
using Weir.Wire.Netlink;

namespace Weir.Wire;

// Routes, neighbours, and what makes a host a router.
public sealed partial class Host
{
    /// <summary>Packets to a network go to this gateway.</summary>
    /// <param name="network">Such as <c>10.0.1.0/24</c>.</param>
    /// <param name="gateway">An address on a network that the host is on.</param>
    /// <exception cref="NetlinkException">EEXIST: there is such a route; ENETUNREACH: the gateway is on no network of this host.</exception>
    public void AddRoute(string network, string gateway) =>
        _routes.Request(RouteRequests.AddRoute(IPNetworkAddress.Parse(network), IPAddress.Parse(gateway)));

    /// <summary>Whatever no other route is for goes to this gateway.</summary>
    /// <exception cref="NetlinkException">As of <see cref="AddRoute"/>.</exception>
    public void AddDefaultRoute(string gateway)
    {
        var address = IPAddress.Parse(gateway);
        bool isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        _routes.Request(RouteRequests.AddRoute(new IPNetworkAddress(isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, PrefixLength: 0), address));
    }

    /// <summary>Packets for others go on: the host is a router (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding).</summary>
    public void EnableForwarding()
    {
        SetSysctl("net.ipv4.ip_forward", "1");
        if (HasIPv6)
            SetSysctl("net.ipv6.conf.all.forwarding", "1");
    }

    /// <summary>Another address for one of the host's interfaces, without duplicate address detection.</summary>
    public void AddAddress(HostInterface device, string address)
    {
        ArgumentNullException.ThrowIfNull(device);
        var parsed = IPNetworkAddress.Parse(address);
        if (parsed.IsIPv6)
            SetSysctl($"net.ipv6.conf.{device.Name}.disable_ipv6", "0");
        _routes.Request(RouteRequests.AddAddress(device.Name, device.Index, parsed));
        lock (_lock)
        {
            int at = _interfaces.FindIndex(known => known.Name == device.Name);
            _interfaces[at] = _interfaces[at] with { Addresses = [.. _interfaces[at].Addresses, parsed] };
        }
    }

    /// <summary>The most that the host sends in one packet, and takes without having been told otherwise.</summary>
    public void SetMtu(HostInterface device, int mtuBytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        _routes.Request(RouteRequests.SetMtu(device.Name, device.Index, mtuBytes));
    }

    internal void AddNeighbor(HostInterface device, IPAddress address, PhysicalAddress mac) =>
        _routes.Request(RouteRequests.AddNeighbor(device.Index, address, mac));
}
