using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

public sealed class SocketUrlResolverTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:80", "127.0.0.1:80", null)]
    [InlineData("tcp4://:80", "0.0.0.0:80", null)]
    [InlineData("tcp6://:80", "[::]:80", true)]
    [InlineData("udp6://[::1]:80", "[::1]:80", true)]
    [InlineData("tcp://[::1]:80", "[::1]:80", false)]
    [InlineData("tcp://[::1]:80?v6only=on", "[::1]:80", true)]
    [InlineData("tcp6://:80?v6only=off", "[::]:80", false)]
    [InlineData("unix:///run/x.sock", "/run/x.sock", null)]
    [InlineData("unix://@x", "@x", null)]
    public async Task ForListening_GivesAddressAndV6Only(string text, string address, bool? isIPv6Only)
    {
        ResolvedAddress resolved = Assert.Single(await SocketUrlResolver.ResolveForListeningAsync(SocketUrl.Parse(text)));

        Assert.Equal((address, isIPv6Only), (resolved.ToString(), resolved.IPv6Only));
    }

    [Theory]
    [InlineData(SocketScheme.Tcp, true, "::")]
    [InlineData(SocketScheme.Tcp, false, "0.0.0.0")]
    [InlineData(SocketScheme.Udp4, true, "0.0.0.0")]
    [InlineData(SocketScheme.Udp6, false, "::")]
    public void EveryAddress_DependsOnSchemeAndMachine(SocketScheme scheme, bool hasIPv6, string address) =>
        Assert.Equal(address, Assert.Single(SocketUrlResolver.EveryAddress(scheme, hasIPv6)).ToString());

    [Theory]
    [InlineData(SocketScheme.Tcp, true, "::1 127.0.0.1")]
    [InlineData(SocketScheme.Tcp, false, "127.0.0.1")]
    [InlineData(SocketScheme.Tcp4, true, "127.0.0.1")]
    [InlineData(SocketScheme.Udp6, true, "::1")]
    public void Loopback_DependsOnSchemeAndMachine(SocketScheme scheme, bool hasIPv6, string addresses) =>
        Assert.Equal(addresses, string.Join<IPAddress>(' ', SocketUrlResolver.Loopback(scheme, hasIPv6)));

    [Fact]
    public async Task ForConnecting_EmptyHost_IsThisMachine()
    {
        IReadOnlyList<ResolvedAddress> resolved = await SocketUrlResolver.ResolveForConnectingAsync(SocketUrl.Parse("tcp4://:80"));

        Assert.Equal("127.0.0.1:80", Assert.Single(resolved).ToString());
    }

    [Fact]
    public async Task ForConnecting_AName_GivesEachAddressOnceAndOfTheScheme()
    {
        IReadOnlyList<ResolvedAddress> resolved = await SocketUrlResolver.ResolveForConnectingAsync(SocketUrl.Parse("tcp4://localhost:80"));

        Assert.All(resolved, address => Assert.False(address.Address.IsIPv6));
        Assert.Equal(resolved.Distinct(), resolved);
        Assert.Contains("127.0.0.1:80", resolved.Select(address => address.ToString()));
    }

    [Fact]
    public async Task ForConnecting_AnInterfacesName_BecomesItsIndex()
    {
        var url = SocketUrl.Parse("tcp://[fe80::1%lo]:80");

        IReadOnlyList<ResolvedAddress> resolved = await SocketUrlResolver.ResolveForConnectingAsync(url);

        Assert.Equal("[fe80::1%1]:80", Assert.Single(resolved).ToString());
    }

    [Fact]
    public async Task ForConnecting_AnUnknownInterface_SaysSo()
    {
        NameResolutionException error = await FailureAsync("tcp://[fe80::1%nosuch0]:80");

        Assert.Equal("resolve tcp://[fe80::1%nosuch0]:80: there is no interface 'nosuch0'; `ip link` lists them", error.Message);
    }

    [Fact]
    public async Task ForConnecting_AnUnknownName_SaysSoInOneLine()
    {
        NameResolutionException error = await FailureAsync("tcp4://no-such-host.invalid:80");

        Assert.StartsWith("resolve tcp4://no-such-host.invalid:80: no ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.IsAssignableFrom<SocketException>(error);
    }

    [Fact]
    public async Task Fd_HasNothingToResolve() => await Assert.ThrowsAsync<InvalidOperationException>(
        async () => await SocketUrlResolver.ResolveForListeningAsync(SocketUrl.Parse("fd://3")));

    [Fact]
    public async Task Cancelled_Ends() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        async () => await SocketUrlResolver.ResolveForListeningAsync(
            SocketUrl.Parse("tcp://localhost:80"), new CancellationToken(canceled: true)));

    private static async Task<NameResolutionException> FailureAsync(string text) => await Assert.ThrowsAsync<NameResolutionException>(
        async () => await SocketUrlResolver.ResolveForConnectingAsync(SocketUrl.Parse(text)));
}
