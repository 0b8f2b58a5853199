using Xunit;

namespace Weir.Bench.Tests;

public class RelayPeerTableTests
{
    private static readonly RelayRoute s_route = new(FromPort: 7001, ToPort: 7002, ConfigPath: "/tmp/config");

    [Fact]
    public void EveryRelay_IsToldWhereItListensAndConnects() =>
        Assert.All(RelayPeerTable.All, peer =>
        {
            string told = string.Join(' ', peer.CommandFor(s_route)) + peer.ConfigFor?.Invoke(s_route);
            Assert.Contains("127.0.0.1:7002", told, StringComparison.Ordinal);
            Assert.Contains("7001", told, StringComparison.Ordinal);
        });

    [Fact]
    public void Haproxy_DiffersByOneLine()
    {
        string[] Lines(string name) => RelayPeerTable.All.Single(peer => peer.Name == name).ConfigFor!(s_route).Split('\n');

        Assert.Equal("  option splice-auto", Assert.Single(Lines(RelayPeerTable.HaproxySplice).Except(Lines(RelayPeerTable.Haproxy))));
    }
}
