using System.Net;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>An old process that takes its sockets back when the new one has just begun to serve.</summary>
public sealed class HandoverWithdrawnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Interrupt _never = new();

    private SocketUrl Door => HandoverDoor.UrlOf(_folder.File("door"));

    // Its datagram sockets take nothing any more, and its paths are gone: who goes on with them serves nobody.
    [Fact]
    public async Task TheNewProcess_DoesNotServe_AndHasNothingOfItOpen()
    {
        SocketUrl url = SocketUrl.Parse("udp4://127.0.0.1:0");
        await using LoopGroup loops = new(1);
        using HandoverDoor door = HandoverDoor.Bind(Door);
        using var offered = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        offered.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
        Task<Server> starting = Task.Run(() => Server.StartAsync(
            new ServerOptions { Urls = [url], Loops = loops, HandoverPath = _folder.File("door") },
            new ServerHandlers { Datagrams = StandardHandlers.Echo }));

        using (HandoverChannel old = Accept(door))
        {
            Assert.Equal($"take {HandoverChannel.Version}", Receive(old));
            old.Send($"offer {HandoverChannel.Version} 1 {door.Inode}", [door.Socket.Fd], _never, Deadline.Generous);
            old.Send($"listener 0 0 {url}", [offered.Fd], _never, Deadline.Generous);
            old.Send("end", _never, Deadline.Generous);
            Assert.Equal("serving 0", Receive(old));
            old.Withdraw();

            SocketCallException failed = await Assert.ThrowsAsync<SocketCallException>(() => starting.InTime());
            Assert.Equal(Linux.Errno.ECONNRESET, failed.Errno);
        }

        await Eventually.True(() => loops.Statistics[0].Connections == 0);
        Assert.True(File.Exists(_folder.File("door")));
        // Whoever had it would take the question first.
        using var client = KernelSocket.Create(AF_INET, SOCK_DGRAM);
        client.Connect(offered.LocalAddress, Deadline.Generous);
        Assert.True(client.Send("anybody?"u8).IsOk);
        Assert.True(offered.WaitFor(POLLIN, Deadline.Generous));
        Assert.Equal(8, offered.Receive(new byte[100]).Value);
    }

    // As a process that is stopped does: what it said last is read, whether the answer to it could still be sent or was never read.
    [Theory, InlineData(true), InlineData(false)]
    public async Task TheNewProcess_DoesNotServe_WhenTheOldOneHasClosedAsWell(bool isAnswered)
    {
        using HandoverDoor door = HandoverDoor.Bind(Door);
        Task<HandoverTaking?> asking = Task.Run(() => HandoverTaking.TakeAsync(Door, CancellationToken.None));
        HandoverChannel old = Accept(door);
        Assert.Equal($"take {HandoverChannel.Version}", Receive(old));
        old.Send($"offer {HandoverChannel.Version} 1 {door.Inode}", [door.Socket.Fd], _never, Deadline.Generous);
        old.Send("end", _never, Deadline.Generous);
        using HandoverTaking taking = (await asking.InTime())!;
        taking.ThrowIfTooLate();

        Task<bool>? confirming = isAnswered ? taking.ConfirmAsync() : null;
        if (isAnswered)
            await Eventually.True(() => old.HasMessage);
        old.Withdraw();
        old.Dispose();
        confirming ??= taking.ConfirmAsync();

        SocketCallException failed = await Assert.ThrowsAsync<SocketCallException>(() => confirming.InTime());
        Assert.Equal(Linux.Errno.ECONNRESET, failed.Errno);
    }

    public void Dispose()
    {
        _never.Dispose();
        _folder.Dispose();
    }

    private HandoverChannel Accept(HandoverDoor door)
    {
        Assert.True(door.Socket.WaitFor(POLLIN, Deadline.Generous));
        return new HandoverChannel(door.Socket.TryAccept(out _)!, "test");
    }

    private string? Receive(HandoverChannel channel)
    {
        using HandoverMessage? message = channel.Receive(_never, Deadline.Generous);
        return message?.Text;
    }
}
