using System.Net;
using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary>A command with which somebody can try a listener out, in words of socat.</summary>
internal static class TryCommand
{
    public static string For(Listener listener)
    {
        KernelAddress address = listener.LocalAddress;
        if (address.IsAbstract)
            return $"socat - ABSTRACT-CONNECT:{address.ToString()[1..]}";
        if (address.IsUnix)
            return $"socat - UNIX-CONNECT:{address.Path}";
        IPEndPoint endPoint = address.ToIPEndPoint();
        if (!address.IsIPv6)
            return $"socat - TCP4:{Reachable(endPoint.Address, IPAddress.Any, IPAddress.Loopback)}:{endPoint.Port}";
        return $"socat - TCP6:[{Reachable(endPoint.Address, IPAddress.IPv6Any, IPAddress.IPv6Loopback)}]:{endPoint.Port}";
    }

    private static IPAddress Reachable(IPAddress address, IPAddress every, IPAddress loopback) => address.Equals(every) ? loopback : address;
}
