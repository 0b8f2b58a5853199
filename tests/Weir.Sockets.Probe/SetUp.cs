using System.Net;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Probe;

internal static class SetUp
{
    /// <summary>The life of one connection of each kind, with calls of KernelSocket alone.</summary>
    public static int ServeOne()
    {
        var tcp = KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0);
        var unix = KernelAddress.FromBytes([AF_UNIX, 0]);
        foreach (KernelAddress address in (KernelAddress[])[tcp, unix])
        {
            using var listener = KernelSocket.Create(address.Family, SOCK_STREAM, blocking: true);
            listener.Bind(address);
            listener.Listen(backlog: 7);
            using var client = KernelSocket.Create(address.Family, SOCK_STREAM, blocking: true);
            client.Connect(listener.LocalAddress);
            using KernelSocket? server = listener.TryAccept(out _);
            server!.Send("x"u8);
            client.Receive(new byte[1]);
            client.Shutdown(SHUT_WR);
        }

        return 0;
    }

    /// <summary>Binds to each address of each URL, listens where the scheme has connections, and prints the outcome.</summary>
    public static async Task<int> ListenOn(string[] urls)
    {
        foreach (string text in urls)
        {
            var url = SocketUrl.Parse(text);
            foreach (ResolvedAddress address in await SocketUrlResolver.ResolveForListeningAsync(url))
                Console.WriteLine($"{text} {Outcome(url, address)}");
        }

        return 0;
    }

    private static string Outcome(SocketUrl url, ResolvedAddress address)
    {
        try
        {
            using var socket = KernelSocket.Create(address.Address.Family, url.Scheme.SocketType());
            if (address.IPv6Only is { } isOnly)
                socket.Set(SocketOptions.IPv6Only, isOnly);
            socket.Bind(address.Address);
            if (url.Scheme.IsConnection())
                socket.Listen(backlog: 16);
            return $"{socket.LocalAddress.Describe(socket.Scheme)} {(url.Scheme.IsConnection() ? "listens" : "receives")}";
        }
        catch (SocketCallException failure)
        {
            return failure.Errno.ToString();
        }
    }
}
