using System.Net;
using Weir.Sockets;
using Xunit;

namespace Weir.Wire.Tests.Recording;

public sealed class SocketNamesTests
{
    [Fact]
    public void OneConnection_NeedsNoName()
    {
        SocketPair connection = Pair("10.0.0.1:40000", "10.0.0.2:80");
        var names = new SocketNames([connection, Pair("0.0.0.0:80", "0.0.0.0:0")]);

        Assert.Equal("send queue", names.Of("send queue", connection));
    }

    [Fact]
    public void Several_AreToldApartByTheirPorts_AndByTheirAddressesOnlyWhereThoseAreTheSame()
    {
        SocketPair one = Pair("10.0.0.1:40000", "10.0.0.2:80");
        SocketPair other = Pair("10.0.0.1:40001", "10.0.0.2:80");
        SocketPair same = Pair("10.0.0.1:40001", "10.0.0.3:80");
        var names = new SocketNames([one, other, same, one]);

        Assert.Equal("send queue :40000–:80", names.Of("send queue", one));
        Assert.Equal("send queue 10.0.0.1:40001–10.0.0.2:80", names.Of("send queue", other));
        Assert.Equal("send queue 10.0.0.1:40001–10.0.0.3:80", names.Of("send queue", same));
    }

    private static SocketPair Pair(string local, string remote) =>
        new(KernelAddress.FromIPEndPoint(IPEndPoint.Parse(local)), KernelAddress.FromIPEndPoint(IPEndPoint.Parse(remote)));
}
