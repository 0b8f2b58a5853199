using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

/// <summary>Sockets of this machine that talk with each other, by the scheme of their kind; addresses are the kernel's choice.</summary>
internal static class Loopback
{
    /// <summary>The schemes with a byte stream, as far as the machine has them.</summary>
    public static TheoryData<SocketScheme> Streams => [.. Having(SocketScheme.Tcp4, SocketScheme.Tcp6, SocketScheme.Unix)];

    public static TheoryData<SocketScheme> Connections =>
        [.. Having(SocketScheme.Tcp4, SocketScheme.Tcp6, SocketScheme.Unix, SocketScheme.UnixPacket)];

    public static TheoryData<SocketScheme> Datagrams => [.. Having(SocketScheme.Udp4, SocketScheme.Udp6, SocketScheme.UnixGram)];

    public static TheoryData<SocketScheme> All => [.. Schemes];

    public static IEnumerable<SocketScheme> Schemes => Having(Enum.GetValues<SocketScheme>()).Where(scheme => scheme != SocketScheme.Fd);

    public static int Family(SocketScheme scheme) => scheme.IsUnix() ? AF_UNIX : IsIPv6(scheme) ? AF_INET6 : AF_INET;

    /// <summary>Port 0 of this machine, or the unix address without a name, for which the kernel finds an abstract one.</summary>
    public static KernelAddress AnyAddress(SocketScheme scheme) => scheme.IsUnix()
        ? KernelAddress.FromBytes([AF_UNIX, 0])
        : KernelAddress.FromIPAddress(IsIPv6(scheme) ? IPAddress.IPv6Loopback : IPAddress.Loopback, port: 0);

    public static KernelSocket Create(SocketScheme scheme, bool blocking = false) =>
        KernelSocket.Create(Family(scheme), scheme.SocketType(), blocking);

    public static KernelSocket Bound(SocketScheme scheme, bool blocking = false)
    {
        KernelSocket socket = Create(scheme, blocking);
        socket.Bind(AnyAddress(scheme));
        return socket;
    }

    public static KernelSocket Listener(SocketScheme scheme, int backlog = 16, bool blocking = false)
    {
        KernelSocket listener = Bound(scheme, blocking);
        listener.Listen(backlog);
        return listener;
    }

    public static (KernelSocket Client, KernelSocket Server) Connect(SocketScheme scheme, bool blocking = false)
    {
        using KernelSocket listener = Listener(scheme);
        KernelSocket client = Create(scheme, blocking);
        client.Connect(listener.LocalAddress, Deadline.Generous);
        return (client, AcceptFrom(listener, blocking));
    }

    public static KernelSocket AcceptFrom(KernelSocket listener, bool blocking = false)
    {
        Assert.True(listener.WaitFor(POLLIN, Deadline.Generous), "nobody came");
        return Assert.IsType<KernelSocket>(listener.TryAccept(out _, blocking));
    }

    /// <summary>Waits for something to read and reads it as text, once.</summary>
    public static string ReceiveText(this KernelSocket socket, int flags = 0, int limit = 100)
    {
        Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "nothing came");
        byte[] buffer = new byte[limit];
        return Encoding.UTF8.GetString(buffer, 0, Assert.Ok(socket.Receive(buffer, flags)));
    }

    /// <summary>Sends until the kernel takes no more, and says how many bytes it took.</summary>
    public static int Fill(this KernelSocket socket)
    {
        byte[] block = new byte[64 * 1024];
        int total = 0;
        while (socket.Send(block) is { IsOk: true } sent)
            total += sent.Value;
        return total;
    }

    private static bool IsIPv6(SocketScheme scheme) => scheme is SocketScheme.Tcp6 or SocketScheme.Udp6;

    private static IEnumerable<SocketScheme> Having(params SocketScheme[] schemes) =>
        schemes.Where(scheme => Socket.OSSupportsIPv6 || !IsIPv6(scheme));
}
