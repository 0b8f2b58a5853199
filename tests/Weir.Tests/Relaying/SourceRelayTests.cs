using System.Net.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Tests.Relaying;

/// <summary>A relay whose one source is a command.</summary>
public sealed class SourceRelayTests
{
    [Fact]
    public async Task Stop_WithoutALimit_WaitsForTheOtherSide()
    {
        using var folder = new TemporaryFolder();
        using var backend = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        backend.Bind(new UnixDomainSocketEndPoint(folder.File("b")));
        backend.Listen();
        await using Relay relay = await Relay.StartAsync(new RelayOptions
        {
            From = RelayEndpoint.Parse("exec:cat", RelaySide.From),
            To = [RelayEndpoint.Parse($"unix://{folder.File("b")}", RelaySide.To)],
        });
        Socket far = await backend.AcceptAsync().InTime();

        Task<int> stopped = relay.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]).InTime());
        far.Dispose();

        Assert.Equal(0, await stopped.InTime());
    }
}
