using Weir.Testing;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

/// <summary>Ten URLs that people write, from the text to a socket that listens or receives.</summary>
public sealed class TenUrlsTests
{
    private const string ElsewhereUrl = "tcp6://[2001:db8::1]:3110";

    // What each URL's socket says of itself. Paths are put in by each test.
    private static readonly (string Url, string Socket)[] s_ofIP =
    [
        ("tcp://127.0.0.1:http", "tcp://127.0.0.1:80 listens"),
        ("tcp4://:3110", "tcp://0.0.0.0:3110 listens"),
        ("tcp6://:3110", "tcp://[::]:3110 listens"),
        (ElsewhereUrl, "tcp://[2001:db8::1]:3110 listens"),
        ("udp://:3110", "udp://[::]:3110 receives"),
        ("udp4://:3110", "udp://0.0.0.0:3110 receives"),
        ("udp6://:3110", "udp://[::]:3110 receives"),
    ];

    /// <summary>In a network of its own, where all ports are free and the address can be added, each works to the letter.</summary>
    [RequiresCommandFact("unshare -rn ip -6 address add 2001:db8::1/128 dev lo", "iproute2")]
    public async Task IPUrls_InAFreshNetwork_Listen()
    {
        const string SetUp = "ip link set lo up && ip -6 address add 2001:db8::1/128 dev lo && exec \"$@\"";

        Finished run = await Probe.Under("unshare", ["-rn", "sh", "-c", SetUp, "sh"], ["listen", .. s_ofIP.Select(row => row.Url)]);

        Assert.Equal(s_ofIP.Select(row => $"{row.Url} {row.Socket}"), run.Lines);
    }

    [Theory]
    [InlineData("unix", "listens")]
    [InlineData("unixgram", "receives")]
    [InlineData("unixpacket", "listens")]
    public async Task UnixUrls_Listen(string scheme, string state)
    {
        using var folder = new TemporaryFolder();
        string url = $"{scheme}://{folder.File("sys.sock")}";

        Assert.Equal([$"{url} {url} {state}"], await Probe.Lines("listen", url));
    }

    /// <summary>2001:db8::/32 is for documentation (RFC 3849): no machine has it.</summary>
    [Fact]
    public async Task AnAddressOfAnotherMachine_IsEaddrnotavail()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6) return;

        Assert.Equal([$"{ElsewhereUrl} EADDRNOTAVAIL"], await Probe.Lines("listen", ElsewhereUrl));
    }
}
