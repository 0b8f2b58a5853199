using System.Net;
using System.Text;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests;

/// <summary>Two hosts and the wire between them.</summary>
internal sealed class Pair : IAsyncDisposable
{
    public const int Port = 80;

    private Pair(HostNetwork network, Host client, Host server, NetworkWire wire)
    {
        Network = network;
        Client = client;
        Server = server;
        Wire = wire;
    }

    public HostNetwork Network { get; }

    public Host Client { get; }

    public Host Server { get; }

    public NetworkWire Wire { get; }

    public static Pair Create(WireOptions? options = null, bool ipv6 = false)
    {
        var network = HostNetwork.Create();
        Host client = network.AddHost("client");
        Host server = network.AddHost("server");
        (string here, string there) = ipv6 ? ("fd00::1/64", "fd00::2/64") : ("10.0.0.1/24", "10.0.0.2/24");
        return new Pair(network, client, server, network.Connect(client, here, server, there, options));
    }

    /// <summary>A connection from the client to the server.</summary>
    public async Task<(KernelSocket Client, KernelSocket Server)> ConnectAsync(int port = Port)
    {
        using KernelSocket listener = Server.Listen(port);
        KernelSocket client = Client.BeginConnect(Server.Address, port);
        KernelSocket? accepted = null;
        await Eventually.True(() => (accepted = listener.TryAccept(out _)) is not null);
        await Eventually.True(() => client.WaitFor(POLLOUT, TimeSpan.Zero));
        Assert.Equal(Errno.None, client.TakeError());
        return (client, accepted!);
    }

    /// <summary>Datagram sockets of both, connected with each other.</summary>
    public (KernelSocket Client, KernelSocket Server) Datagrams()
    {
        KernelSocket client = Bound(Client);
        KernelSocket server = Bound(Server);
        Assert.True(client.Connect(server.LocalAddress).IsOk);
        Assert.True(server.Connect(client.LocalAddress).IsOk);
        return (client, server);
    }

    public ValueTask DisposeAsync() => Network.DisposeAsync();

    /// <summary>Everything that is there, as text, one message in each element.</summary>
    public static List<string> Receive(KernelSocket socket)
    {
        var messages = new List<string>();
        byte[] buffer = new byte[64 * 1024];
        while (socket.Receive(buffer) is { IsOk: true, Value: > 0 } received)
            messages.Add(Encoding.ASCII.GetString(buffer, 0, received.Value));
        return messages;
    }

    /// <summary>What comes until there are so many messages.</summary>
    public static async Task<List<string>> ReceiveAsync(KernelSocket socket, int count)
    {
        var messages = new List<string>();
        await Eventually.True(() =>
        {
            messages.AddRange(Receive(socket));
            return messages.Count >= count;
        });
        return messages;
    }

    private static KernelSocket Bound(Host host)
    {
        bool isIPv6 = host.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        KernelSocket socket = host.Socket(isIPv6 ? AF_INET6 : AF_INET, SOCK_DGRAM);
        socket.Bind(KernelAddress.FromIPEndPoint(new IPEndPoint(host.Address, 7)));
        return socket;
    }
}
