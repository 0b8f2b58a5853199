using System.Diagnostics;
using System.Text.Json;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Hosts;

public sealed class HostTests
{
    [HostFact("ip=iproute2")]
    public async Task Interfaces_AreWhatIpShows()
    {
        await using Pair pair = Pair.Create(new WireOptions { MtuBytes = 1400 });

        JsonElement shown = JsonDocument.Parse(await Output(pair.Client, "ip", "-j", "address", "show", "dev", "eth0")).RootElement[0];

        HostInterface device = Assert.Single(pair.Client.Interfaces);
        Assert.Equal(("eth0", device.Index), (shown.GetProperty("ifname").GetString(), shown.GetProperty("ifindex").GetInt32()));
        Assert.Equal((1400, "UP"), (shown.GetProperty("mtu").GetInt32(), shown.GetProperty("operstate").GetString()));
        Assert.Equal(
            device.Mac.ToString(), shown.GetProperty("address").GetString()!.Replace(":", "", StringComparison.Ordinal), ignoreCase: true);
        JsonElement address = Assert.Single(shown.GetProperty("addr_info").EnumerateArray());
        Assert.Equal(("10.0.0.1", 24), (address.GetProperty("local").GetString(), address.GetProperty("prefixlen").GetInt32()));
    }

    [HostFact("ip=iproute2")]
    public async Task IPv6Address_IsUsableAtOnce_AndTheOnlyOne()
    {
        await using Pair pair = Pair.Create(ipv6: true);

        string shown = await Output(pair.Client, "ip", "-6", "address", "show", "dev", "eth0");

        Assert.Contains("fd00::1/64", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("tentative", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", shown, StringComparison.Ordinal);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        client.Dispose();
        server.Dispose();
    }

    [HostFact("ss=iproute2")]
    public async Task Sockets_AreInTheirHosts_WhereSsSeesThem()
    {
        await using Pair pair = Pair.Create();
        using KernelSocket listener = pair.Server.Listen(8080);

        Assert.Contains(":8080", await Output(pair.Server, "ss", "-ltn"), StringComparison.Ordinal);
        Assert.DoesNotContain(":8080", await Output(pair.Client, "ss", "-ltn"), StringComparison.Ordinal);
    }

    [HostFact]
    public async Task Loopback_IsUp()
    {
        await using var network = HostNetwork.Create();
        Host alone = network.AddHost("alone");
        using KernelSocket listener = alone.Run(() =>
        {
            KernelSocket socket = KernelSocket.Create(Uapi.AF_INET, Uapi.SOCK_STREAM);
            socket.Bind(KernelAddress.FromIPAddress(System.Net.IPAddress.Loopback, 80));
            socket.Listen(1);
            return socket;
        });
        using KernelSocket client = alone.BeginConnect(System.Net.IPAddress.Loopback, 80);

        await Eventually.True(() => listener.TryAccept(out _) is not null);
    }

    [HostFact("sysctl=procps")]
    public async Task Sysctl_IsSetForOneHostAlone()
    {
        await using Pair pair = Pair.Create();
        string before = pair.Server.GetSysctl("net.ipv4.tcp_syn_retries");

        pair.Client.SetSysctl("net.ipv4.tcp_syn_retries", "2");

        Assert.Equal("2", pair.Client.GetSysctl("net.ipv4.tcp_syn_retries"));
        Assert.Equal(before, pair.Server.GetSysctl("net.ipv4.tcp_syn_retries"));
        Assert.Contains("= 2", await Output(pair.Client, "sysctl", "net.ipv4.tcp_syn_retries"), StringComparison.Ordinal);
    }

    [HostFact]
    public async Task Sysctl_ThatIsNone_SaysSo()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("a");

        SysctlException unknown = Assert.Throws<SysctlException>(() => host.GetSysctl("net.ipv4.no_such"));
        SysctlException wrong = Assert.Throws<SysctlException>(() => host.SetSysctl("net.ipv4.tcp_syn_retries", "many"));

        Assert.Equal((Errno.ENOENT, Errno.EINVAL), (unknown.Errno, wrong.Errno));
        Assert.StartsWith("read net.ipv4.no_such: ENOENT; ", unknown.Message, StringComparison.Ordinal);
    }

    [HostFact]
    public async Task Counters_TellWhatHasHappened()
    {
        await using Pair pair = Pair.Create();
        HostCounters before = pair.Client.Counters();

        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();

        IReadOnlyDictionary<string, long> changes = pair.Client.Counters().Since(before);
        Assert.Equal(1, changes["TcpActiveOpens"]);
        Assert.False(changes.ContainsKey("TcpPassiveOpens"));
        Assert.Equal(1, pair.Server.Counters()["TcpPassiveOpens"]);
        client.Dispose();
        server.Dispose();
    }

    // Interfaces get numbers: the second of the first host, and the twelfth of the last.
    [HostFact]
    public async Task HostsWhoseNamesEndWithNumbers_AreConnectedLikeOthers()
    {
        await using var network = HostNetwork.Create();
        (Host one, Host other, Host last) = (network.AddHost("a1"), network.AddHost("b"), network.AddHost("a"));
        network.Connect(one, "10.0.1.1/24", other, "10.0.1.2/24");
        network.ConnectDirectly(one, "10.0.2.1/24", other, "10.0.2.2/24");
        network.ConnectDirectly(one, "10.0.3.1/24", other, "10.0.3.2/24");

        network.Connect(last, "10.0.4.1/24", other, "10.0.4.2/24");

        Assert.Equal(2, network.Wires.Count);
    }

    [HostFact("setpriv=util-linux")]
    public async Task ProgramsDieWithThisProcess_HoweverTheirArgumentsAreWritten()
    {
        await using Pair pair = Pair.Create();
        foreach (ProcessStartInfo info in (ProcessStartInfo[])[new("setpriv", ["--dump"]), new("setpriv", "\"--dump\"")])
        {
            info.RedirectStandardOutput = true;
            using Process program = pair.Client.Start(info);
            string dump = await program.StandardOutput.ReadToEndAsync().InTime();

            Assert.Contains("Parent death signal: ", dump, StringComparison.Ordinal);
            Assert.DoesNotContain("Parent death signal: [none]", dump, StringComparison.Ordinal);
        }
    }

    [HostFact]
    public async Task Router_PassesPacketsOn()
    {
        await using var network = HostNetwork.Create();
        Host left = network.AddHost("left");
        Host router = network.AddHost("router");
        Host right = network.AddHost("right");
        network.Connect(left, "10.0.1.1/24", router, "10.0.1.254/24");
        network.Connect(right, "10.0.2.1/24", router, "10.0.2.254/24");
        router.EnableForwarding();
        left.AddDefaultRoute("10.0.1.254");
        right.AddRoute("10.0.1.0/24", "10.0.2.254");
        using KernelSocket listener = right.Listen(80);
        using KernelSocket client = left.BeginConnect(right.Address, 80);

        await Eventually.True(() => listener.TryAccept(out _) is not null);

        Assert.Equal(["eth0", "eth1"], router.Interfaces.Select(device => device.Name));
        Assert.NotEqual(0, router.Counters()["IpForwDatagrams"]);
    }

    [HostFact]
    public async Task RefusedRoute_SaysWhatTheKernelSays()
    {
        await using Pair pair = Pair.Create();

        NetlinkException error = Assert.Throws<NetlinkException>(() => pair.Client.AddRoute("10.9.0.0/16", "192.0.2.1"));

        Assert.Equal(Errno.ENETUNREACH, error.Errno);
        Assert.Equal("add a route to 10.9.0.0/16 via 192.0.2.1", error.Operation);
        Assert.Equal("Nexthop has invalid gateway", error.Explanation);
    }

    [HostFact]
    public async Task NetworkMadeInsideAHost_IsRefused()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("a");

        Assert.Throws<InvalidOperationException>(() => host.Run(HostNetwork.Create));
    }

    [HostFact("ip=iproute2")]
    public async Task FurtherAddress_AndShorterMtu_AreWhatIpShows()
    {
        await using Pair pair = Pair.Create();
        HostInterface device = pair.Client.Interfaces[0];

        pair.Client.AddAddress(device, "10.0.9.1/24");
        pair.Client.AddAddress(device, "fd00::9/64");
        pair.Client.SetMtu(device, 1300);

        string shown = await Output(pair.Client, "ip", "address", "show", "dev", "eth0");
        Assert.Contains("inet 10.0.9.1/24", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 fd00::9/64", shown, StringComparison.Ordinal);
        Assert.Contains("mtu 1300", shown, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.1/24", "10.0.9.1/24", "fd00::9/64"], pair.Client.Interfaces[0].Addresses.Select(address => address.ToString()));
    }

    [HostFact]
    public async Task StartingAProgram_LeavesWhatItWasStartedWithAsItIs()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("a");
        var info = new ProcessStartInfo("sh", ["-c", "echo $WORD $PWD"]) { RedirectStandardOutput = true, WorkingDirectory = "/", UseShellExecute = false };
        info.Environment["WORD"] = "hello";

        for (int time = 0; time < 2; time++)
        {
            using Process process = host.Start(info);

            Assert.Equal("hello /\n", await process.StandardOutput.ReadToEndAsync().InTime());
            Assert.Equal("sh", info.FileName);
            Assert.Equal(["-c", "echo $WORD $PWD"], info.ArgumentList);
        }
    }

    [HostFact]
    public async Task ErrorsOfACall_AreTheCallers()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("a");

        Assert.Throws<FormatException>(() => host.Run(() => int.Parse("x")));
        Assert.Equal(3, host.Run(() => 3));
    }

    private static async Task<string> Output(Host host, string program, params string[] arguments)
    {
        using Process process = host.Start(program, arguments);
        string output = await process.StandardOutput.ReadToEndAsync().InTime();
        await process.WaitForExitAsync().InTime();
        return output;
    }
}
