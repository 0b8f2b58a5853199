using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>Endpoints as their listener and their connections show them.</summary>
public sealed class EndpointDetailTests
{
    public static TheoryData<TransportCase, string> Urls()
    {
        TheoryData<TransportCase, string> urls = [];
        foreach (TransportCase transport in TransportCase.All.Where(transport => transport.IsOurs))
        {
            foreach (string url in new[] { "tcp4://127.0.0.1:0", "tcp6://[::1]:0", "tcp://127.0.0.1:0", "tcp4://127.0.0.1:0?reuseport=on&rcvbuf=64k" })
                urls.Add(transport, url);
        }

        return urls;
    }

    [Theory]
    [TransportData]
    public async Task ADualStackListener_ShowsIPv4ClientsAsMapped(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.IPv6Any, port: 0));
        int port = Assert.IsType<IPEndPoint>(listener.EndPoint).Port;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);

        await using ConnectionContext connection = (await listener.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;

        Assert.Equal($"[::]:{port}", listener.EndPoint.ToString());
        Assert.Equal($"[::ffff:127.0.0.1]:{port}", connection.LocalEndPoint?.ToString());
        Assert.Equal($"[::ffff:{client.LocalEndPoint}".Replace("127.0.0.1:", "127.0.0.1]:", StringComparison.Ordinal), connection.RemoteEndPoint?.ToString());
        client.Dispose();
    }

    [Theory]
    [TransportData]
    public async Task AnIPv6Listener_HasIPv6EndPoints(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, new IPEndPoint(IPAddress.IPv6Loopback, port: 0));

        Assert.Equal(pair.Client.Socket.RemoteEndPoint, pair.Connection.LocalEndPoint);
        Assert.Equal(pair.Client.Socket.LocalEndPoint, pair.Connection.RemoteEndPoint);
    }

    [Theory]
    [TransportData]
    public async Task AUnixListener_HasItsPath_AndAnUnnamedClient(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s");
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, new UnixDomainSocketEndPoint(path));

        Assert.Equal(path, pair.Connection.LocalEndPoint?.ToString());
        Assert.Equal(pair.Client.Socket.LocalEndPoint?.ToString(), pair.Connection.RemoteEndPoint?.ToString());
        Assert.IsType<UnixDomainSocketEndPoint>(pair.Connection.RemoteEndPoint);
    }

    [Theory]
    [TransportData]
    public async Task AnAbstractName_IsListenedOn_WithoutAFile(TransportCase transport)
    {
        string name = $"\0weir-test-{Guid.NewGuid():N}";
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, new UnixDomainSocketEndPoint(name));

        Assert.Equal(new UnixDomainSocketEndPoint(name).ToString(), pair.Connection.LocalEndPoint?.ToString());
        await pair.Client.SendAsync("12345");
        Assert.Equal(5, (await pair.Connection.Transport.Input.ReadAtLeastAsync(5)).Buffer.Length);
    }

    [Theory]
    [TransportData]
    public async Task APathThatSomebodyListensOn_IsInUse(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        var endPoint = new UnixDomainSocketEndPoint(folder.File("s"));
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, endPoint);

        await Assert.ThrowsAsync<AddressInUseException>(async () => await pair.Rig.Listeners.BindAsync(endPoint));

        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await other.ConnectAsync(endPoint);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task APathLeftBehind_IsReplaced(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        var endPoint = new UnixDomainSocketEndPoint(folder.File("s"));
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(endPoint);
            dead.Listen();
            // .NET's own Dispose would remove the file.
            using var copy = new Socket(new SafeSocketHandle(Weir.Linux.Sys.Duplicate((int)dead.Handle).Value, ownsHandle: true));
            File.Move(folder.File("s"), folder.File("kept"));
        }

        File.Move(folder.File("kept"), folder.File("s"));
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, endPoint);
        await pair.Client.SendAsync("12345");
        Assert.Equal(5, (await pair.Connection.Transport.Input.ReadAtLeastAsync(5)).Buffer.Length);
    }

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task AUrl_IsListenedOn(TransportCase transport, string url)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, new UrlEndPoint(url));

        Assert.Equal(pair.Client.Socket.RemoteEndPoint, pair.Connection.LocalEndPoint);
        Assert.Equal(pair.Client.Socket.LocalEndPoint, pair.Connection.RemoteEndPoint);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AnAbstractUrl_AndADescriptorsUrl_AreListenedOn(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        string name = $"weir-test-{Guid.NewGuid():N}";
        await using IConnectionListener bound = await rig.Listeners.BindAsync(new UrlEndPoint($"unix://@{name}"));
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            await client.ConnectAsync(new UnixDomainSocketEndPoint("\0" + name));

        // The descriptor becomes the listener's own.
        using var inherited = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        inherited.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        inherited.Listen();
        int given = Weir.Linux.Sys.Duplicate((int)inherited.Handle).Value;
        await using IConnectionListener adopted = await rig.Listeners.BindAsync(new UrlEndPoint($"fd://{given}"));
        Assert.Equal(inherited.LocalEndPoint, adopted.EndPoint);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await other.ConnectAsync(adopted.EndPoint);
        await using ConnectionContext connection = (await adopted.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;
        Assert.Equal(other.LocalEndPoint, connection.RemoteEndPoint);
        other.Dispose();
    }

    [Fact]
    public void AUrlWithoutStreams_IsRefusedByName()
    {
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => new UrlEndPoint("udp://127.0.0.1:1"));

        Assert.Equal("udp://127.0.0.1:1: udp has no stream connections; use tcp, tcp4, tcp6, unix or fd", refused.Message);
        Assert.Throws<SocketUrlException>(() => new UrlEndPoint("tcp4:/nowhere"));
    }
}
