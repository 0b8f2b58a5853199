using System.Diagnostics;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Hosts;

/// <summary>What cannot be connected leaves nothing behind.</summary>
public sealed class FailedConnectTests
{
    // IPv6 takes no group for its own address.
    private const string NoAddress = "ff02::1/64";

    [HostFact("ip=iproute2")]
    public async Task WireWhoseSecondEndFails_LeavesNothingOfTheFirst()
    {
        await using var network = HostNetwork.Create();
        (Host a, Host b) = (network.AddHost("a"), network.AddHost("b"));

        Assert.Throws<FormatException>(() => network.Connect(a, "10.0.0.1/24", b, "10.0.0.2"));
        Assert.Throws<NetlinkException>(() => network.Connect(a, "fd00::1/64", b, NoAddress));

        await AssertNothingIn(a);
        await AssertNothingIn(b);
        Assert.Empty(network.Wires);
        // The same once more, with the names that would have been taken.
        network.Connect(a, "fd00::1/64", b, "fd00::2/64");
        Assert.Equal(["eth0"], a.Interfaces.Select(device => device.Name));
        Assert.Equal("eth0", Assert.Single(b.Interfaces).Name);
    }

    [HostFact("ip=iproute2")]
    public async Task CableWhoseSecondEndFails_LeavesNothingOfTheFirst()
    {
        await using var network = HostNetwork.Create();
        (Host a, Host b) = (network.AddHost("a"), network.AddHost("b"));

        Assert.Throws<NetlinkException>(() => network.ConnectDirectly(a, "fd00::1/64", b, NoAddress));

        await AssertNothingIn(a);
        await AssertNothingIn(b);
    }

    [HostFact("ip=iproute2")]
    public async Task ScriptedEndpointOfAnotherFamily_OrOfATakenName_LeavesNothing()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("host");

        Assert.Throws<NetlinkException>(() => network.AddScriptedEndpoint(host, NoAddress, "fd00::2/64"));
        Assert.Throws<InvalidOperationException>(
            () => network.AddScriptedEndpoint(host, "10.0.0.1/24", "10.0.0.2/24", new ScriptedEndpointOptions { Name = "host" }));

        await AssertNothingIn(host);
        Assert.Equal(["peer", "peer2", "other"], Enumerable.Range(1, 3).Select(number => network.AddScriptedEndpoint(
            host, $"10.0.{number}.1/24", $"10.0.{number}.2/24", new ScriptedEndpointOptions { Name = number == 3 ? "other" : null }).Name));
    }

    private static async Task AssertNothingIn(Host host)
    {
        using Process ip = host.Start("ip", "-o", "link");
        string shown = await ip.StandardOutput.ReadToEndAsync().InTime();
        Assert.Empty(host.Interfaces);
        Assert.StartsWith("1: lo:", Assert.Single(shown.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
