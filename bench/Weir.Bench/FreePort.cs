using System.Net;
using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>A port on loopback that nobody has at the moment.</summary>
internal static class FreePort
{
    public static int Tcp() => Probe(SocketType.Stream, ProtocolType.Tcp);

    public static int Udp() => Probe(SocketType.Dgram, ProtocolType.Udp);

    private static int Probe(SocketType type, ProtocolType protocol)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, type, protocol);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
