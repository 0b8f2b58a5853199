using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

/// <summary>Descriptors in messages: none stays open that nobody has, and none is lost unsaid.</summary>
public sealed class DescriptorContract
{
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task WhatNobodyTakes_IsClosedAtTheNextReceive(EngineCase engine)
    {
        using PipeEnds pipe = new();
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                Assert.Equal(2, (await channel.ReceiveAsync().ConfigureAwait(false)).DescriptorCount);
                Assert.Equal(0, (await channel.ReceiveAsync().ConfigureAwait(false)).DescriptorCount);
                pipe.ExpectNoWriter();
            },
            peer =>
            {
                pipe.SendWriteEnd(peer, times: 2);
                Assert.True(peer.Send("next"u8).IsOk);
                return Task.CompletedTask;
            });
    }

    // Nobody receives any more, and the collector may never come.
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task WhatNobodyTakes_IsClosedWithTheChannel(EngineCase engine)
    {
        using PipeEnds pipe = new();
        Message? kept = null;
        await MessageRig.RunAsync(
            engine,
            async channel => kept = await channel.ReceiveAsync().ConfigureAwait(false),
            peer =>
            {
                pipe.SendWriteEnd(peer);
                pipe.ExpectNoWriter();
                return Task.CompletedTask;
            });
        GC.KeepAlive(kept);
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task WhatNobodyReceives_IsClosedWithTheChannel(EngineCase engine)
    {
        using PipeEnds pipe = new();
        await MessageRig.RunAsync(
            engine,
            _ => Task.CompletedTask,
            peer =>
            {
                pipe.ExpectNoWriter();
                return Task.CompletedTask;
            },
            early: peer => pipe.SendWriteEnd(peer));
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AMessageThatIsCut_BringsItsDescriptors(EngineCase engine)
    {
        using PipeEnds pipe = new();
        await MessageRig.RunAsync(
            engine,
            async channel =>
            {
                Message message = await channel.ReceiveAsync().ConfigureAwait(false);
                Assert.True(message.IsTruncated);
                Assert.False(message.HasLostDescriptors);
                SafeFd descriptor = Assert.Single(message.TakeDescriptors());
                Assert.True(IsClosedOnExec(descriptor));
                descriptor.Dispose();
                pipe.ExpectNoWriter();
            },
            peer =>
            {
                pipe.SendWriteEnd(peer);
                return Task.CompletedTask;
            },
            new MessageOptions { MaxMessageBytes = 1 });
    }

    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AMessageCarries253_AndNoMore(EngineCase engine) => await MessageRig.RunAsync(
        engine,
        async channel =>
        {
            using PipeEnds pipe = new();
            SafeFd[] descriptors = [.. Enumerable.Repeat(pipe.Read, 254)];
            SocketCallException refused = await Assert.ThrowsAsync<SocketCallException>(
                async () => await channel.SendAsync("x"u8.ToArray(), descriptors).ConfigureAwait(false));
            Assert.Equal(Errno.EINVAL, refused.Errno);
            await channel.SendAsync("x"u8.ToArray(), descriptors[1..]).ConfigureAwait(false);
        },
        peer =>
        {
            Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));
            byte[] control = new byte[ControlMessageWriter.SpaceFor(253 * sizeof(int))];
            Assert.True(peer.ReceiveMessage(new byte[1], control, out ReceivedMessage received).IsOk);
            var reader = new ControlMessageReader(control.AsSpan(0, received.ControlBytes));
            Assert.True(reader.MoveNext());
            SafeFd[] came = reader.TakeDescriptors();
            Assert.Equal(253, came.Length);
            Array.ForEach(came, descriptor => descriptor.Dispose());
            return Task.CompletedTask;
        });

    // Its number may be a stranger's by now.
    [Theory, EngineData(SocketScheme.UnixPacket)]
    public async Task AClosedDescriptor_IsNotSent(EngineCase engine) => await MessageRig.RunAsync(
        engine,
        async channel =>
        {
            using PipeEnds pipe = new();
            SafeFd[] descriptors = [pipe.Read, pipe.Write];
            pipe.Write.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(
                async () => await channel.SendAsync("x"u8.ToArray(), descriptors).ConfigureAwait(false));
            // And what was held for it is let go.
            pipe.Read.Dispose();
            Assert.True(pipe.Read.IsClosed);
        },
        peer =>
        {
            Assert.True(peer.WaitFor(POLLIN, Deadline.Generous));
            Assert.Equal(0, peer.Receive(new byte[1]).Value);
            return Task.CompletedTask;
        });

    // An accepted socket has it from its listener: no message comes between the accept and the option.
    [Fact]
    public async Task AListener_AsksForCredentials_ForWhomItAccepts()
    {
        using var folder = new TemporaryFolder();
        await using LoopGroup loops = new(1);
        var options = new ServerOptions { Urls = [SocketUrl.UnixPacket(folder.File("p"))], Loops = loops };
        await using Server server = await Server.StartAsync(options, new ServerHandlers { Messages = StandardHandlers.Echo });

        KernelSocket listener = Assert.Single(((IHandoverSource)server.Listeners[0]).Offer().Sockets);

        Assert.True(listener.Get(SocketOptions.PassCredentials));
    }

    // A channel of datagrams has no use for them.
    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task InADatagram_TheyAreClosed(EngineCase engine)
    {
        await using Datagrams.DatagramRig rig = await Datagrams.DatagramRig.BindAsync(engine);
        using PipeEnds pipe = new();
        using var peer = KernelSocket.Create(AF_UNIX, SOCK_DGRAM);
        peer.Connect(rig.Address, TimeSpan.Zero);
        pipe.SendWriteEnd(peer);

        Assert.Equal("a pipe", Bytes.Text((await rig.Channel.ReceiveAsync().AsTask().InTime())[0].Bytes));
        pipe.ExpectNoWriter();
    }

    // proc(5): the flags are octal, and O_CLOEXEC tells the descriptor's own.
    private static bool IsClosedOnExec(SafeFd descriptor)
    {
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor.Number}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags.Split('\t')[1], fromBase: 8) & O_CLOEXEC) != 0;
    }
}
