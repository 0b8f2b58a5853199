using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Stopping;

/// <summary>A listener is let go while connections come.</summary>
public sealed class UnbindTests
{
    private const int Clients = 4;
    private const int AnswersBefore = 40;

    [Theory]
    [TransportData]
    public async Task StopWhileClientsArrive_GivesEachAWholeAnswerOrNone(TransportCase transport)
    {
        int answered = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "whole"));
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (await AskAsync(rig))
                Interlocked.Increment(ref answered);
        }))];

        await Eventually.True(() => Volatile.Read(ref answered) >= AnswersBefore);
        await rig.Application.StopAsync().WaitAsync(Deadline.Generous);

        await Task.WhenAll(clients).WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task Unbind_EndsAnAcceptThatWaits_AndRefusesWhoComes(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        Task<ConnectionContext?> accepting = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await accepting.WaitAsync(Deadline.Generous));
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await listener.UnbindAsync();
        Assert.Null(await listener.AcceptAsync());
    }

    [Theory]
    [TransportData]
    public async Task AConnectionThatWasAccepted_GoesOnAfterUnbind(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint);
        using var client = new RawClient(socket);
        ConnectionContext connection = (await listener.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;

        await listener.UnbindAsync();
        await listener.DisposeAsync();
        await connection.Transport.Output.WriteAsync("still here"u8.ToArray());
        await connection.Transport.Output.CompleteAsync();

        Assert.Equal("still here", await client.ReadToEndAsync());
        client.Dispose();
        await connection.DisposeAsync();
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task WhoWaitedInTheKernel_IsAcceptedAfterUnbind(TransportCase transport)
    {
        const int Waiting = 20;
        await using TransportRig rig = TransportRig.Create(transport);
        await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        Socket[] sockets = [.. Enumerable.Range(0, Waiting).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        foreach (Socket socket in sockets)
            await socket.ConnectAsync(listener.EndPoint);

        await listener.UnbindAsync();

        HashSet<string> accepted = [];
        while (await listener.AcceptAsync() is { } connection)
        {
            accepted.Add($"{connection.RemoteEndPoint}");
            connection.Abort();
            await connection.DisposeAsync();
        }

        Assert.Equal(sockets.Select(socket => $"{socket.LocalEndPoint}").Order(), accepted.Order());
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task WhoWasNeverAccepted_IsResetWhenTheListenerIsDisposed(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport);
        IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint);
        using var client = new RawClient(socket);

        await listener.DisposeAsync();

        SocketException reset = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AListenerThatOutlivesItsLoops_RefusesWhoComes_AndCanBeUnbound(TransportCase transport)
    {
        TransportRig rig = TransportRig.Create(transport);
        IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        Task<ConnectionContext?> accepting = listener.AcceptAsync().AsTask();

        await rig.DisposeAsync();

        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await listener.UnbindAsync().AsTask().WaitAsync(Deadline.Generous);
        Assert.Null(await accepting.WaitAsync(Deadline.Generous));
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AConnectionThatOutlivesItsLoops_IsOver(TransportCase transport)
    {
        TransportRig rig = TransportRig.Create(transport);
        IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint);
        ConnectionContext connection = (await listener.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;
        Task<System.IO.Pipelines.ReadResult> reading = connection.Transport.Input.ReadAsync().AsTask();

        await rig.DisposeAsync();

        Assert.True((await reading.WaitAsync(Deadline.Generous)).IsCompleted);
        Assert.True((await connection.Transport.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
        connection.Abort();
        await connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
    }

    // Whether an answer came. A server that stops may also end a connection whose request it has not read yet.
    private static async Task<bool> AskAsync(WebRig rig)
    {
        try
        {
            using RawClient client = await rig.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            string answer = await client.ReadToEndAsync();
            if (answer.Length == 0)
                return false;
            Assert.EndsWith("whole\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
            return true;
        }
        catch (SocketException gone)
        {
            Assert.True(gone.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.Shutdown, gone.Message);
            return false;
        }
    }
}
