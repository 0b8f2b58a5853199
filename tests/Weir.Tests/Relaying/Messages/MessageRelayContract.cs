using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying.Messages;

/// <summary>Packet to packet: boundaries, descriptors, ends; backends as those of streams.</summary>
public sealed class MessageRelayContract
{
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task Messages_GoBothWaysWhole_AndSoDoEnds(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(engine);
        using KernelSocket client = rig.Connect();
        using KernelSocket backend = rig.Accept();
        foreach (int size in (int[])[1, 0, 100_000, 64])
        {
            Assert.True(client.Send(Bytes.Pattern(size)).IsOk);
            Assert.Equal(Bytes.Pattern(size), Receive(backend));
            Assert.True(backend.Send(Bytes.Pattern(size)).IsOk);
            Assert.Equal(Bytes.Pattern(size), Receive(client));
        }

        client.Shutdown(SHUT_WR);
        Assert.Empty(Receive(backend));
        Assert.True(backend.Send("after the end"u8).IsOk);
        Assert.Equal("after the end", Bytes.Text(Receive(client)));
        backend.Dispose();
        Assert.Empty(Receive(client));
        await Eventually.True(() => rig.Relay.Statistics.Connections == 0);
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Descriptors_TravelWithTheirMessages(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(engine);
        using KernelSocket client = rig.Connect();
        using KernelSocket backend = rig.Accept();
        Assert.True(Sys.Pipe(out int output, out int input, O_CLOEXEC).IsOk);
        using var pipeOut = new SafeFd(output);
        using (var pipeIn = new SafeFd(input))
            Send(client, "take it"u8, pipeIn);

        byte[] control = new byte[64];
        Assert.True(backend.WaitFor(POLLIN, Deadline.Generous));
        backend.ReceiveMessage(new byte[16], control, out ReceivedMessage message, out _, MSG_CMSG_CLOEXEC);
        var messages = new ControlMessageReader(control.AsSpan(0, message.ControlBytes));
        Assert.True(messages.MoveNext());
        using (var taken = new SafeFd(BitConverter.ToInt32(messages.Data)))
            Assert.True(Sys.Write(taken.Number, "through it"u8).IsOk);

        byte[] read = new byte[100];
        // The end as well: the relay has kept nothing open.
        Assert.Equal("through it", Bytes.Text(read.AsSpan(0, Sys.Read(output, read).Value)));
        Assert.Equal(0, Sys.Read(output, read).Value);
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task ADeadBackend_IsPassedOver_ToldOnce_AndTakenBack(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(
            engine, before: "none", configure: options => options with { ProbeInterval = TimeSpan.FromMilliseconds(20) });
        for (int i = 0; i < 4; i++)
        {
            using KernelSocket client = rig.Connect();
            using KernelSocket backend = rig.Accept();
            Assert.True(client.Send("hello"u8).IsOk);
            Assert.Equal("hello", Bytes.Text(Receive(backend)));
        }

        Assert.EndsWith("none: ENOENT; down, probed every 0.02 s", Assert.Single(rig.Events).Message);
        using KernelSocket back = rig.Listen("none");
        await Eventually.True(() => rig.Events.Any(happening => happening.Kind == ServerEventKind.BackendBack));
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Least_GoesToWhoHasFewest(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(
            engine, before: "other", configure: options => options with { Balance = RelayBalance.Least });
        using KernelSocket other = rig.Listen("other");
        List<KernelSocket> clients = [];
        for (int i = 0; i < 6; i++)
        {
            clients.Add(rig.Connect());
            await Eventually.True(() => rig.Relay.Statistics.Connections == clients.Count);
        }

        for (int i = 0; i < 3; i++)
        {
            clients.Add(rig.Accept());
            clients.Add(MessageRelayRig.Accept(other));
        }

        clients.ForEach(socket => socket.Dispose());
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Stop_LetsWhatIsUnderWayGoOn(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(engine);
        using KernelSocket client = rig.Connect();
        using KernelSocket backend = rig.Accept();
        Assert.True(client.Send("before"u8).IsOk);
        Assert.Equal("before", Bytes.Text(Receive(backend)));

        Task<int> stopped = rig.Relay.StopAsync(Deadline.Generous);
        await Eventually.True(() => !File.Exists(rig.Path));
        Assert.True(client.Send("after"u8).IsOk);
        Assert.Equal("after", Bytes.Text(Receive(backend)));
        Assert.True(backend.Send("answer"u8).IsOk);
        Assert.Equal("answer", Bytes.Text(Receive(client)));
        Assert.False(stopped.IsCompleted);
        client.Dispose();
        backend.Dispose();
        Assert.Equal(0, await stopped.InTime());
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Stop_EndsBothSides_OfWhatIsNotDoneAtTheDeadline(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(engine);
        using KernelSocket client = rig.Connect();
        using KernelSocket backend = rig.Accept();
        Assert.Equal(1, await rig.Relay.StopAsync(TimeSpan.FromMilliseconds(30)).InTime());
        Assert.Empty(Receive(client));
        Assert.Empty(Receive(backend));
    }

    // Nothing but the end of the relay ends the search for a backend then.
    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Stop_EndsInTime_WhileABackendHasNoRoom_AndMayBeWaitedForForEver(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(
            engine, configure: options => options with { ConnectTimeout = Timeout.InfiniteTimeSpan });
        List<KernelSocket> waiting = FillQueue(rig.BackendAddress);
        using KernelSocket client = rig.Connect();
        await Eventually.True(() => rig.Relay.Statistics.Connections == 1);

        Assert.Equal(1, await rig.Relay.StopAsync(TimeSpan.FromMilliseconds(30)).InTime());

        Assert.Empty(rig.Events);
        Assert.Equal(0, rig.Relay.Statistics.Connections);
        waiting.ForEach(socket => socket.Dispose());
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task Abort_EndsAStopThatWaitsForABackend(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(
            engine, configure: options => options with { ConnectTimeout = Timeout.InfiniteTimeSpan });
        List<KernelSocket> waiting = FillQueue(rig.BackendAddress);
        using KernelSocket client = rig.Connect();
        await Eventually.True(() => rig.Relay.Statistics.Connections == 1);
        Task<int> stopped = rig.Relay.StopAsync(Timeout.InfiniteTimeSpan);
        await Eventually.True(() => !File.Exists(rig.Path));

        rig.Relay.Abort();

        await stopped.InTime();
        waiting.ForEach(socket => socket.Dispose());
    }

    [Theory, EngineData(SocketScheme.UnixPacket, InlineOnly = true)]
    public async Task AMessageThatIsTooLongToSendOn_EndsItsConnection_AndIsTold(EngineCase engine)
    {
        await using MessageRelayRig rig = await MessageRelayRig.StartAsync(engine, query: "?sndbuf=8192");
        using KernelSocket client = rig.Connect();
        using KernelSocket backend = rig.Accept();
        Assert.True(client.Send(new byte[100_000]).IsOk);
        Assert.Empty(Receive(client));
        await Eventually.True(() => !rig.Events.IsEmpty);
        Assert.Equal("a message of 100000 bytes cannot be sent on: EMSGSIZE; give both URLs a larger sndbuf", Assert.Single(rig.Events).Message);
    }

    // connect(2): EAGAIN when a listener's queue is full.
    private static List<KernelSocket> FillQueue(KernelAddress listener)
    {
        List<KernelSocket> waiting = [];
        while (true)
        {
            var socket = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET);
            waiting.Add(socket);
            try
            {
                socket.Connect(listener, TimeSpan.Zero);
            }
            catch (SocketCallException full) when (full.Errno == Errno.EAGAIN)
            {
                return waiting;
            }
        }
    }

    private static byte[] Receive(KernelSocket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "nothing came in time");
        SysResult received = socket.Receive(buffer);
        Assert.True(received.IsOk, $"receive: {received}");
        return buffer[..received.Value];
    }

    private static void Send(KernelSocket to, ReadOnlySpan<byte> bytes, SafeFd descriptor)
    {
        var control = new ControlMessageWriter(new byte[ControlMessageWriter.SpaceFor(sizeof(int))]);
        control.AddDescriptors([descriptor.Number]);
        Assert.True(to.SendMessage(bytes, control.Written).IsOk);
    }
}
