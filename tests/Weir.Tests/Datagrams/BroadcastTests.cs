using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Tests.Datagrams;

/// <summary>What is sent to everybody reaches each socket on the port; a server on several loops must take it once.</summary>
public sealed class BroadcastTests
{
    [Theory]
    [InlineData("udp4://:0", 1)]
    [InlineData("udp://:0", 1)]
    // Whoever asks for several sockets gets what several sockets get.
    [InlineData("udp4://:0?reuseport=on", 2)]
    public async Task ABroadcast_IsReceivedBy_AsManySocketsAsWereAskedFor(string url, int sockets)
    {
        await using var loops = new LoopGroup(count: 2);
        List<string> received = [];
        var handlers = new ServerHandlers { Datagrams = channel => CollectAsync(channel, received) };
        await using Server server = await Server.StartAsync(new ServerOptions { Urls = [SocketUrl.Parse(url)], Loops = loops }, handlers);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        int port = server.Listeners[0].LocalAddress.Port;

        await sender.SendToAsync("to all"u8.ToArray(), new IPEndPoint(IPAddress.Parse("127.255.255.255"), port));
        await sender.SendToAsync("to one"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port));
        await server.StopAsync(Deadline.Generous);

        Assert.Equal([.. Enumerable.Repeat("to all", sockets), "to one"], received.Order());
    }

    private static async Task CollectAsync(DatagramChannel channel, List<string> received)
    {
        while (true)
        {
            ReceivedDatagrams batch = await channel.ReceiveAsync();
            if (batch.IsEnd)
                return;
            foreach (ReceivedDatagram datagram in batch)
            {
                lock (received)
                    received.Add(Encoding.ASCII.GetString(datagram.Bytes));
            }
        }
    }
}
