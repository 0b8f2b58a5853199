using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.State;

public sealed class PeerCredentialsTests
{
    [Theory]
    [InlineData(SocketScheme.Unix)]
    [InlineData(SocketScheme.UnixPacket)]
    public void PeerCredentials_OfAConnection_AreTheProcessAtTheOtherEnd(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            Assert.Equal(ProcessItself.Credentials, client.PeerCredentials);
            Assert.Equal(ProcessItself.Credentials, server.PeerCredentials);
            Assert.Equal(ProcessItself.Credentials, server.Get(SocketOptions.PeerCredentials));
        }
    }

    [Fact]
    public void PeerCredentials_OfAPair_AreItsMakers()
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(SOCK_DGRAM);
        using (first)
        using (second)
            Assert.Equal(ProcessItself.Credentials, first.PeerCredentials);
    }

    [Fact]
    public void PeerCredentials_WithoutAPeer_AreNull()
    {
        using KernelSocket unix = Loopback.Create(SocketScheme.Unix);
        (KernelSocket client, KernelSocket server) = Loopback.Connect(SocketScheme.Tcp4);
        using (client)
        using (server)
        {
            Assert.Null(unix.PeerCredentials);
            Assert.Null(server.PeerCredentials);
        }
    }
}
