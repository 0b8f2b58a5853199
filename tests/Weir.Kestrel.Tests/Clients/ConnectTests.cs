using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Clients;

/// <summary>Connections that a client makes, against sockets of .NET.</summary>
public sealed class ConnectTests
{
    [Theory]
    [TransportData]
    public async Task AConnection_CarriesBytesBothWays_AndHalfCloses(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        using Socket server = Listening(new IPEndPoint(IPAddress.Loopback, port: 0));
        await using ConnectionContext connection = await rig.Connections.ConnectAsync(server.LocalEndPoint!);
        using var peer = new RawClient(await server.AcceptAsync());

        Assert.Equal(peer.Socket.RemoteEndPoint, connection.LocalEndPoint);
        Assert.Equal(peer.Socket.LocalEndPoint, connection.RemoteEndPoint);
        await connection.Transport.Output.WriteAsync("question"u8.ToArray());
        Assert.Equal("question", await peer.ReadUntilAsync("question"));
        await peer.SendAsync("answer");
        peer.FinishSending();
        Assert.Equal("answer", await ReadToEndAsync(connection.Transport.Input));
        await connection.Transport.Output.WriteAsync("goodbye"u8.ToArray());
        await connection.Transport.Output.CompleteAsync();
        Assert.Equal("goodbye", await peer.ReadToEndAsync());
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AUnixPath_AndAUrl_AreConnectedTo(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        await using TransportRig rig = TransportRig.Create(transport);
        using Socket unix = Listening(new UnixDomainSocketEndPoint(folder.File("s")));
        using Socket tcp = Listening(new IPEndPoint(IPAddress.Loopback, port: 0));
        int port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
        (EndPoint, Socket)[] ways =
        [
            (new UnixDomainSocketEndPoint(folder.File("s")), unix),
            (new UrlEndPoint($"unix://{folder.File("s")}"), unix),
            (new UrlEndPoint($"tcp4://127.0.0.1:{port}?nodelay=off"), tcp),
            (new DnsEndPoint("localhost", port, AddressFamily.InterNetwork), tcp),
        ];
        foreach ((EndPoint endPoint, Socket server) in ways)
        {
            await using ConnectionContext connection = await rig.Connections.ConnectAsync(endPoint);
            using var peer = new RawClient(await server.AcceptAsync());
            await peer.SendAsync(endPoint.ToString()!);
            peer.FinishSending();
            Assert.Equal(endPoint.ToString(), await ReadToEndAsync(connection.Transport.Input));
        }
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task ARefusal_SaysWhomAndWhy(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        EndPoint nobody;
        using (Socket gone = Listening(new IPEndPoint(IPAddress.Loopback, port: 0)))
            nobody = gone.LocalEndPoint!;

        SocketCallException refused = await Assert.ThrowsAsync<SocketCallException>(async () => await rig.Connections.ConnectAsync(nobody));

        Assert.Equal(Weir.Linux.Errno.ECONNREFUSED, refused.Errno);
        Assert.Contains(nobody.ToString()!, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task AConnect_CanBeCancelled(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        // Its queue is full, so a further connect waits for ever.
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        server.Listen(0);
        using Socket first = await ConnectAsync(server.LocalEndPoint!);
        using var cancellation = new CancellationTokenSource();

        Task<ConnectionContext> connecting = rig.Connections.ConnectAsync(server.LocalEndPoint!, cancellation.Token).AsTask();
        Assert.False(connecting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Deadline.Generous));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await rig.Connections.ConnectAsync(server.LocalEndPoint!, new CancellationToken(canceled: true)));
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_ResetsTheServer_AndAServersResetIsThrown(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        using Socket server = Listening(new IPEndPoint(IPAddress.Loopback, port: 0));
        await using (ConnectionContext aborted = await rig.Connections.ConnectAsync(server.LocalEndPoint!))
        {
            using var peer = new RawClient(await server.AcceptAsync());
            aborted.Abort();
            SocketException reset = await Assert.ThrowsAsync<SocketException>(peer.ReadToEndAsync);
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }

        await using ConnectionContext connection = await rig.Connections.ConnectAsync(server.LocalEndPoint!);
        new RawClient(await server.AcceptAsync()).Reset();
        await Assert.ThrowsAsync<ConnectionResetException>(() => ReadToEndAsync(connection.Transport.Input));
    }

    private static Socket Listening(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(endPoint);
        socket.Listen();
        return socket;
    }

    private static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync().AsTask().WaitAsync(Deadline.Generous);
            if (read.IsCompleted)
                return Encoding.UTF8.GetString(read.Buffer);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
