using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

/// <summary>Sequenced packets: a connection that keeps the boundaries of messages (unix(7)).</summary>
public sealed class KernelSocketPacketTests : IDisposable
{
    private readonly KernelSocket _client;
    private readonly KernelSocket _server;

    public KernelSocketPacketTests() => (_client, _server) = Loopback.Connect(SocketScheme.UnixPacket);

    [Fact]
    public void Messages_KeepTheirBoundariesAndOrder()
    {
        Assert.Ok(_client.Send("one"u8));
        Assert.Ok(_client.Send(ReadOnlySpan<byte>.Empty));
        Assert.Ok(_client.Send("three"u8));

        Assert.Equal(["one", "", "three"], Enumerable.Range(0, 3).Select(_ => _server.ReceiveText()));
        Assert.Failed(Errno.EAGAIN, _server.Receive(new byte[1]));
    }

    [Fact]
    public void Receive_IntoAShortBuffer_TellsAndLosesTheRest()
    {
        Assert.Ok(_client.Send("0123456789"u8));
        Assert.Ok(_client.Send("next"u8));
        byte[] buffer = new byte[4];

        Assert.Equal(4, Assert.Ok(_server.ReceiveMessage(buffer, control: default, out ReceivedMessage cut)));
        Assert.True(cut.IsTruncated);
        Assert.Equal("next", _server.ReceiveText());
    }

    [Fact]
    public void Close_IsTheEndForThePeer()
    {
        Assert.Ok(_client.Send("last"u8));
        _client.Dispose();

        Assert.Equal("last", _server.ReceiveText());
        Assert.Equal("", _server.ReceiveText());
        Assert.Failed(Errno.EPIPE, _server.Send("x"u8));
    }

    [Fact]
    public unsafe void Send_OfSeveralPieces_IsOneMessage()
    {
        fixed (byte* one = "one"u8, two = "two"u8)
        {
            iovec[] pieces = [new() { iov_base = one, iov_len = 3 }, new() { iov_base = two, iov_len = 3 }];
            Assert.Equal(6, Assert.Ok(_client.Send(pieces)));
        }

        Assert.Equal("onetwo", _server.ReceiveText());
    }

    [Fact]
    public async Task Send_ToAPeerThatDoesNotRead_IsEagainUntilItReads()
    {
        SysResult sent;
        int messages = -1;
        do (sent, messages) = (_client.Send(new byte[1000]), messages + 1);
        while (sent.IsOk);
        Assert.Equal(Errno.EAGAIN, sent.Errno);

        for (int i = 0; i < messages; i++)
            Assert.Equal(1000, Assert.Ok(_server.Receive(new byte[2000])));

        Assert.True(await Descriptors.OnAnotherThread(() => _client.WaitFor(POLLOUT, Deadline.Generous)));
        Assert.Equal(1000, Assert.Ok(_client.Send(new byte[1000])));
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
