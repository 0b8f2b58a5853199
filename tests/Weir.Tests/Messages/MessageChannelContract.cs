using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

public sealed class MessageChannelContract
{
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task Boundaries_AreKept_AlsoOfEmptyMessages_AndTheEndIsTold(EngineCase engine)
    {
        List<string> received = [];
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                while (await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
                    received.Add(Bytes.Text(message.Bytes.Span));
            },
            peer =>
            {
                foreach (string text in (string[])["one", "", "three", ""])
                    Assert.True(peer.Send(Bytes.Of(text)).IsOk);
                peer.Shutdown(SHUT_WR);
                return Task.CompletedTask;
            });
        Assert.Equal(["one", "", "three", ""], received);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task EchoedMessages_ComeBackWhole(EngineCase engine) => await MessageRig.RunAsync(engine, StandardHandlers.Echo, peer =>
    {
        foreach (int size in (int[])[1, 0, 64, 100_000, 3])
        {
            Assert.True(peer.Send(Bytes.Pattern(size)).IsOk);
            Assert.Equal(Bytes.Pattern(size), Receive(peer));
        }

        peer.Shutdown(SHUT_WR);
        return Task.CompletedTask;
    });

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task EveryMessage_HasItsSendersCredentials(EngineCase engine)
    {
        ProcessCredentials? credentials = null;
        await MessageRig.RunAsync(
            engine,
            async channel => credentials = (await channel.ReceiveAsync().ConfigureAwait(false)).Credentials,
            peer =>
            {
                Assert.True(peer.Send("me"u8).IsOk);
                Assert.Empty(Receive(peer));
                return Task.CompletedTask;
            });
        Assert.Equal(Environment.ProcessId, credentials?.ProcessId);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task Descriptors_TravelWithMessages_BothWays(EngineCase engine) => await MessageRig.RunAsync(
        engine,
        async channel =>
        {
            while (await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
            {
                SafeFd[] descriptors = message.TakeDescriptors();
                await channel.SendAsync(message.Bytes, descriptors).ConfigureAwait(false);
                foreach (SafeFd descriptor in descriptors)
                    descriptor.Dispose();
            }
        },
        peer =>
        {
            Sys.Pipe(out int reading, out int writing, O_CLOEXEC);
            using SafeFd read = new(reading);
            using SafeFd write = new(writing);
            Span<byte> room = stackalloc byte[128];
            var control = new ControlMessageWriter(room);
            control.AddDescriptors([writing]);
            Assert.True(peer.SendMessage("a pipe"u8, control.Written).IsOk);
            Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));
            byte[] bytes = new byte[64];
            Assert.True(peer.ReceiveMessage(bytes, room, out ReceivedMessage received).IsOk);
            var reader = new ControlMessageReader(room[..received.ControlBytes]);
            Assert.True(reader.MoveNext());
            SafeFd came = Assert.Single(reader.TakeDescriptors());
            using (came)
                Assert.True(Sys.Write(came.Number, "through"u8).IsOk);
            Assert.Equal(7, Sys.Read(reading, bytes).Value);
            peer.Shutdown(SHUT_WR);
            return Task.CompletedTask;
        });

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task ALongMessage_IsCut_AndSaysSo(EngineCase engine)
    {
        (bool, int, int) cut = default;
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                Message message = await channel.ReceiveAsync().ConfigureAwait(false);
                cut = (message.IsTruncated, message.Bytes.Length, message.FullLengthBytes);
            },
            peer =>
            {
                Assert.True(peer.Send("0123456789"u8).IsOk);
                Assert.Empty(Receive(peer));
                return Task.CompletedTask;
            },
            new MessageOptions { MaxMessageBytes = 8 });
        Assert.Equal((true, 8, 10), cut);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task ASend_WaitsWhileThePeerDoesNotRead(EngineCase engine)
    {
        const int Count = 200;
        int sent = 0;
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                byte[] message = new byte[8 * 1024];
                for (; sent < Count; Interlocked.Increment(ref sent))
                {
                    message[0] = (byte)sent;
                    await channel.SendAsync(message).ConfigureAwait(false);
                }
            },
            async peer =>
            {
                await Eventually.True(() => peer.Queues.ReceiveBytes > 0);
                Assert.InRange(Volatile.Read(ref sent), 0, Count - 1);
                for (int i = 0; i < Count; i++)
                    Assert.Equal((byte)i, Receive(peer)[0]);
                Assert.Empty(Receive(peer));
            });
        Assert.Equal(Count, sent);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task StopReading_DeliversWhatHasArrived_AndRefusesTheRest(EngineCase engine)
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> received = [];
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                channel.StopReading();
                stopped.SetResult();
                while (await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
                    received.Add(Bytes.Text(message.Bytes.Span));
            },
            async peer =>
            {
                await stopped.Task.InTime();
                Assert.Equal(Errno.EPIPE, peer.Send("too late"u8).Errno);
            },
            early: peer => Assert.True(peer.Send("in time"u8).IsOk));
        Assert.Equal(["in time"], received);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AnIdleChannel_IsClosed(EngineCase engine) => await MessageRig.RunAsync(
        engine,
        async channel =>
        {
            SocketCallException idle = await Assert.ThrowsAsync<SocketCallException>(async () => await channel.ReceiveAsync().ConfigureAwait(false));
            Assert.Equal(Errno.ETIMEDOUT, idle.Errno);
        },
        peer =>
        {
            Assert.Empty(Receive(peer));
            return Task.CompletedTask;
        },
        new MessageOptions { IdleTimeout = TimeSpan.FromMilliseconds(50) });

    // Its timer would keep it, and what it has, for the rest of the time.
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AClosedChannel_LeavesNoTimerBehind(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using var loops = new Datagrams.LoopGroupOwner(engine);
        Weir.Loops.EventLoop loop = loops.Loops.Loops[0];
        using var listener = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        listener.Bind(KernelAddress.FromUnixPath(folder.File("p")));
        listener.Listen(1);
        var options = new MessageOptions { Loops = loops.Loops, IdleTimeout = TimeSpan.FromHours(1) };
        MessageChannel channel = await MessageChannel.ConnectAsync(SocketUrl.UnixPacket(folder.File("p")), options);
        await Turn.AfterAsync(loop).InTime();
        Assert.Equal(1, loop.Timers.Count);

        await channel.CloseAsync().InTime();

        Assert.Equal(0, loop.Timers.Count);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task Connect_TalksToAForeignListener_AndSaysWhenThereIsNone(EngineCase engine)
    {
        using var folder = new TemporaryFolder();
        await using var loops = new Datagrams.LoopGroupOwner(engine);
        SocketUrl url = SocketUrl.UnixPacket(folder.File("p"));
        var options = new MessageOptions { Loops = loops.Loops };
        SocketCallException absent = await Assert.ThrowsAsync<SocketCallException>(() => MessageChannel.ConnectAsync(url, options));
        Assert.Equal(Errno.ENOENT, absent.Errno);
        using var listener = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
        listener.Bind(KernelAddress.FromUnixPath(folder.File("p")));
        listener.Listen(1);

        await using MessageChannel channel = await MessageChannel.ConnectAsync(url, options);
        using KernelSocket accepted = listener.TryAccept(out _)!;
        await channel.SendAsync("hello"u8.ToArray()).AsTask().InTime();
        Assert.Equal("hello", Bytes.Text(Receive(accepted)));
        Assert.True(accepted.Send("and back"u8).IsOk);

        Assert.Equal("and back", Bytes.Text((await channel.ReceiveAsync().AsTask().InTime()).Bytes.Span));
    }

    private static byte[] Receive(KernelSocket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "the peer got nothing in time");
        SysResult received = socket.Receive(buffer);
        Assert.True(received.IsOk, $"receive: {received}");
        return buffer[..received.Value];
    }
}
