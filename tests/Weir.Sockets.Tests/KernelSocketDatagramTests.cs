using System.Text;
using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketDatagramTests
{
    public static TheoryData<SocketScheme> Datagrams => Loopback.Datagrams;

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void ReceiveFrom_NamesTheSender_WhoCanBeAnswered(SocketScheme scheme)
    {
        using KernelSocket one = Loopback.Bound(scheme);
        using KernelSocket two = Loopback.Bound(scheme);
        byte[] buffer = new byte[16];

        Assert.Equal(4, Assert.Ok(one.SendTo("ping"u8, two.LocalAddress)));
        Assert.Equal(4, Assert.Ok(ReceiveFrom(two, buffer, out KernelAddress from)));
        Assert.Equal(one.LocalAddress, from);

        Assert.Equal(5, Assert.Ok(two.SendTo("pong!"u8, from)));
        Assert.Equal(5, Assert.Ok(ReceiveFrom(one, buffer, out from)));
        Assert.Equal(two.LocalAddress, from);
        Assert.Equal("pong!"u8, buffer.AsSpan(0, 5));
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Datagrams_KeepTheirBoundaries_AlsoTheEmptyOnes(SocketScheme scheme)
    {
        using KernelSocket sender = Loopback.Bound(scheme);
        using KernelSocket receiver = Loopback.Bound(scheme);
        KernelAddress to = receiver.LocalAddress;

        Assert.Equal(0, Assert.Ok(sender.SendTo([], to)));
        Assert.Equal(2, Assert.Ok(sender.SendTo("ab"u8, to)));
        Assert.Equal(0, Assert.Ok(sender.SendTo([], to)));
        Assert.Equal(1, Assert.Ok(sender.SendTo("c"u8, to)));

        Assert.Equal(["", "ab", "", "c"], Enumerable.Range(0, 4).Select(_ => TextFrom(receiver, sender.LocalAddress)));
        Assert.Failed(Errno.EAGAIN, receiver.Receive(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Receive_IntoAShortBuffer_TellsAndLosesTheRest(SocketScheme scheme)
    {
        using KernelSocket sender = Loopback.Bound(scheme);
        using KernelSocket receiver = Loopback.Bound(scheme);
        byte[] buffer = new byte[4];
        Assert.Ok(sender.SendTo("0123456789"u8, receiver.LocalAddress));
        Assert.Ok(sender.SendTo("abcd"u8, receiver.LocalAddress));
        Assert.True(receiver.WaitFor(POLLIN, Deadline.Generous));

        Assert.Equal(10, Assert.Ok(receiver.Receive(buffer, MSG_PEEK | MSG_TRUNC)));
        Assert.Equal(4, Assert.Ok(receiver.ReceiveMessage(buffer, control: default, out ReceivedMessage cut)));
        Assert.True(cut.IsTruncated);
        Assert.Equal("0123"u8, buffer);
        Assert.True(receiver.WaitFor(POLLIN, Deadline.Generous));
        Assert.Equal(4, Assert.Ok(receiver.ReceiveMessage(buffer, control: default, out ReceivedMessage whole)));
        Assert.False(whole.IsTruncated);
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Connect_OfADatagramSocket_FixesThePeer(SocketScheme scheme)
    {
        using KernelSocket one = Loopback.Bound(scheme);
        using KernelSocket two = Loopback.Bound(scheme);
        one.Connect(two.LocalAddress, Deadline.Generous);

        Assert.Ok(one.Send("x"u8));

        Assert.Equal(two.LocalAddress, one.PeerAddress);
        Assert.Equal("x", TextFrom(two, one.LocalAddress));
    }

    [Fact]
    public void ReceiveFrom_AnUnboundUnixSocket_HasNoAddress()
    {
        using KernelSocket sender = Loopback.Create(SocketScheme.UnixGram);
        using KernelSocket receiver = Loopback.Bound(SocketScheme.UnixGram);
        Assert.Ok(sender.SendTo("x"u8, receiver.LocalAddress));

        Assert.Equal("x", TextFrom(receiver, default));
    }

    [Fact]
    public void Send_WithMore_MakesOneDatagram()
    {
        using KernelSocket sender = Loopback.Create(SocketScheme.Udp4);
        using KernelSocket receiver = Loopback.Bound(SocketScheme.Udp4);
        sender.Connect(receiver.LocalAddress, Deadline.Generous);

        Assert.Equal(3, Assert.Ok(sender.Send("one"u8, MSG_MORE)));
        Assert.False(receiver.WaitFor(POLLIN, TimeSpan.Zero));
        Assert.Equal(3, Assert.Ok(sender.SendMessage("two"u8, control: default)));

        Assert.Equal("onetwo", receiver.ReceiveText());
    }

    [Fact]
    public void SendTo_MoreThanADatagramHolds_IsEmsgsize()
    {
        using KernelSocket socket = Loopback.Bound(SocketScheme.Udp4);

        Assert.Failed(Errno.EMSGSIZE, socket.SendTo(new byte[65_508], socket.LocalAddress));
    }

    [Fact]
    public void Send_WithoutAPeer_IsAnErrorAndNoException()
    {
        using KernelSocket udp = Loopback.Create(SocketScheme.Udp4);
        using KernelSocket unix = Loopback.Create(SocketScheme.UnixGram);

        Assert.Failed(Errno.EDESTADDRREQ, udp.Send("x"u8));
        Assert.Failed(Errno.ENOTCONN, unix.Send("x"u8));
        Assert.Failed(Errno.ENOENT, unix.SendTo("x"u8, KernelAddress.FromUnixPath("/nonexistent/socket")));
    }

    /// <summary>The refusal comes back as an ICMP message and waits at the socket for the next call.</summary>
    [Fact]
    public async Task Send_WhereNobodyReceives_IsRefusedAfterwards()
    {
        using KernelSocket sender = Loopback.Create(SocketScheme.Udp4);
        using (KernelSocket gone = Loopback.Bound(SocketScheme.Udp4))
            sender.Connect(gone.LocalAddress, Deadline.Generous);

        // More than once: a child that another test is about to start holds on to the closed socket until it executes.
        await Eventually.True(() => sender.Send("x"u8).Errno is Errno.ECONNREFUSED);
    }

    private static string TextFrom(KernelSocket receiver, KernelAddress expected)
    {
        byte[] buffer = new byte[16];
        int length = Assert.Ok(ReceiveFrom(receiver, buffer, out KernelAddress from));
        Assert.Equal(expected, from);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static SysResult ReceiveFrom(KernelSocket socket, Span<byte> buffer, out KernelAddress from)
    {
        Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "nothing came");
        return socket.ReceiveFrom(buffer, out from);
    }
}
