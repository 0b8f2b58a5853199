using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests;

public sealed class KernelSocketAddressTests
{
    public static TheoryData<SocketScheme> AllSchemes => Loopback.All;

    public static TheoryData<SocketScheme> Connections => Loopback.Connections;

    [Theory]
    [MemberData(nameof(Connections))]
    public void Addresses_OfBothEnds_AreEachOthers(SocketScheme scheme)
    {
        using KernelSocket listener = Loopback.Listener(scheme);
        using KernelSocket client = Loopback.Bound(scheme);
        client.Connect(listener.LocalAddress, Deadline.Generous);
        using KernelSocket server = Loopback.AcceptFrom(listener);

        Assert.Equal(listener.LocalAddress, server.LocalAddress);
        Assert.Equal(listener.LocalAddress, client.PeerAddress);
        Assert.Equal(client.LocalAddress, server.PeerAddress);
        Assert.NotEqual(client.LocalAddress, server.LocalAddress);
        Assert.True(scheme.IsUnix() ? client.LocalAddress.IsAbstract : client.LocalAddress.Port > 0);
    }

    [Theory]
    [InlineData(SocketScheme.Unix)]
    [InlineData(SocketScheme.UnixPacket)]
    public void Addresses_OfAUnixPath_ClientHasNone(SocketScheme scheme)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s.sock");
        using KernelSocket listener = Loopback.Create(scheme);
        listener.Bind(KernelAddress.FromUnixPath(path));
        listener.Listen(backlog: 1);
        using KernelSocket client = Loopback.Create(scheme);
        client.Connect(KernelAddress.FromUnixPath(path), Deadline.Generous);
        using KernelSocket server = Loopback.AcceptFrom(listener);

        Assert.Equal(path, client.PeerAddress?.Path);
        Assert.Equal(path, server.LocalAddress.Path);
        Assert.True(client.LocalAddress.IsUnnamed);
        Assert.True(server.PeerAddress is { IsUnnamed: true });
    }

    [Fact]
    public void LocalAddress_OfAChosenAbstractName_IsThatName()
    {
        var name = KernelAddress.FromAbstractName($"weir/{Guid.NewGuid()}\0\n");
        using KernelSocket socket = Loopback.Create(SocketScheme.Unix);

        socket.Bind(name);

        Assert.Equal(name, socket.LocalAddress);
    }

    [Theory]
    [MemberData(nameof(AllSchemes))]
    public void PeerAddress_WithoutAPeer_IsNull(SocketScheme scheme)
    {
        using KernelSocket socket = Loopback.Bound(scheme);

        Assert.Null(socket.PeerAddress);
    }

    [Fact]
    public void PeerAddress_AfterAReset_IsNull()
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(SocketScheme.Tcp4);
        using (server)
        {
            Assert.Ok(client.ResetOnClose());
            client.Dispose();
            Assert.True(server.WaitFor(POLLIN, Deadline.Generous));

            Assert.Null(server.PeerAddress);
        }
    }

    [Theory]
    [MemberData(nameof(AllSchemes))]
    public void Scheme_IsTheSocketsKind(SocketScheme scheme)
    {
        using KernelSocket socket = Loopback.Bound(scheme);

        Assert.Equal(scheme.IsTcp() ? SocketScheme.Tcp : scheme.IsUdp() ? SocketScheme.Udp : scheme, socket.Scheme);
        Assert.Equal($"{socket.LocalAddress.Describe(socket.Scheme)} (fd {socket.Fd.Number})", socket.ToString());
    }

    [Fact]
    public void Scheme_OfAnotherFamily_IsFd()
    {
        const int AF_NETLINK = 16;
        using var socket = KernelSocket.Create(AF_NETLINK, SOCK_DGRAM);

        Assert.Equal(SocketScheme.Fd, socket.Scheme);
        Assert.StartsWith("fd://(family 16, ", socket.ToString(), StringComparison.Ordinal);
    }
}
