using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.State;

public sealed class TcpInfoTests : IDisposable
{
    private readonly KernelSocket _client;
    private readonly KernelSocket _server;

    public TcpInfoTests() => (_client, _server) = Loopback.Connect(SocketScheme.Tcp4);

    private TcpInfo ClientInfo => _client.Info!.Value;

    private TcpInfo ServerInfo => _server.Info!.Value;

    [Fact]
    public void Info_OfANewConnection_HasARoundTripAndAWindow()
    {
        TcpInfo info = ClientInfo;

        Assert.Equal(TcpState.Established, info.State);
        Assert.True(info is { RttUs: > 0, RttVarUs: > 0, MinRttUs: > 0, RtoUs: > 0 }, info.ToString());
        Assert.True(info.MinRttUs <= info.RttUs, info.ToString());
        Assert.True(info is { CongestionWindowSegments: > 0, SendMssBytes: > 0, PeerWindowBytes: > 0 }, info.ToString());
        Assert.True(info is { UnackedSegments: 0, RetransmittedSegments: 0, NotSentBytes: 0 }, info.ToString());
    }

    [Fact]
    public async Task Info_CountsTheBytesOfBothDirections()
    {
        ulong ackedBefore = ClientInfo.AckedBytes;

        Assert.Equal(10_000, Assert.Ok(_client.Send(new byte[10_000])));

        await Eventually.True(() => ServerInfo.ReceivedBytes == 10_000);
        await Eventually.True(() => ClientInfo.AckedBytes - ackedBefore == 10_000);
        Assert.Equal(0u, ClientInfo.UnackedSegments);
        Assert.Equal(0ul, ClientInfo.ReceivedBytes);
        Assert.True(ClientInfo.DeliveryRateBytesPerSecond > 0);
    }

    [Fact]
    public async Task Info_WhenThePeerDoesNotRead_SaysWhoIsSlow()
    {
        _client.Fill();

        await Eventually.True(() => ClientInfo.NotSentBytes > 0);
        await Eventually.True(() => ClientInfo is { BusyUs: > 0, ReceiveWindowLimitedUs: > 0 });
    }

    [Fact]
    public async Task State_FollowsTheClosing()
    {
        Assert.Ok(_client.Shutdown(SHUT_WR));
        await Eventually.True(() => ClientInfo.State == TcpState.FinWait2);
        await Eventually.True(() => ServerInfo.State == TcpState.CloseWait);

        Assert.Ok(_server.Shutdown(SHUT_WR));
        await Eventually.True(() => ServerInfo.State == TcpState.Close);
    }

    [Fact]
    public void State_OfSocketsWithoutAPeer_IsTheirs()
    {
        using KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);
        using KernelSocket idle = Loopback.Create(SocketScheme.Tcp4);

        Assert.Equal(TcpState.Listen, listener.Info?.State);
        Assert.Equal(TcpState.Close, idle.Info?.State);
    }

    [Theory]
    [InlineData(SocketScheme.Udp4)]
    [InlineData(SocketScheme.Unix)]
    [InlineData(SocketScheme.UnixGram)]
    [InlineData(SocketScheme.UnixPacket)]
    public void Info_OfOtherSockets_IsNull(SocketScheme scheme)
    {
        using KernelSocket socket = Loopback.Create(scheme);

        Assert.Null(socket.Info);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
