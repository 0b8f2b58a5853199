using System.Globalization;
using System.Net;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Relaying;

/// <summary>A relay is not its own backend.</summary>
public sealed class RelayCycleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Holds the port, so that nobody else gets it meanwhile, and does not listen.
    private readonly KernelSocket _holder = KernelSocket.Create(AF_INET, SOCK_STREAM);

    public RelayCycleTests()
    {
        _holder.Set(SocketOptions.ReuseAddress, value: true);
        _holder.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
    }

    [Theory]
    [InlineData("tcp4://127.0.0.1:PORT", "tcp4://127.0.0.1:PORT")]
    [InlineData("tcp4://127.0.0.1:PORT", "tcp4://:PORT")]
    [InlineData("tcp4://:PORT", "tcp4://127.0.0.1:PORT")]
    [InlineData("tcp4://:PORT", "tcp4://localhost:PORT")]
    [InlineData("tcp4://:PORT", "tcp4://127.0.0.7:PORT")]
    [InlineData("tcp://:PORT", "tcp4://127.0.0.1:PORT")]
    [InlineData("unix://FOLDER/in", "unix://FOLDER/../NAME/in")]
    [InlineData("unixpacket://FOLDER/in", "unixpacket://FOLDER/in")]
    [InlineData("unixgram://FOLDER/in", "unixgram://FOLDER/in")]
    public async Task ItsOwnAddress_IsRefused(string from, string to)
    {
        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(from, "unix://FOLDER/other", to));

        Assert.Contains($"{Filled(to)} is this relay itself, which listens on ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("tcp4://127.0.0.1:PORT", "tcp4://127.0.0.2:PORT")]
    [InlineData("tcp4://127.0.0.1:PORT", "tcp4://no-such-host.invalid:PORT")]
    [InlineData("tcp4://:PORT", "tcp4://192.0.2.1:PORT")]
    [InlineData("tcp6://:PORT", "tcp4://127.0.0.1:PORT")]
    [InlineData("tcp://:PORT?v6only=on", "tcp4://127.0.0.1:PORT")]
    [InlineData("unix://FOLDER/in", "unix://FOLDER/out")]
    public async Task AnotherAddress_IsNot(string from, string to)
    {
        await using Relay relay = await StartAsync(from, to);

        Assert.Single(relay.Listeners);
    }

    public void Dispose()
    {
        _holder.Dispose();
        _folder.Dispose();
    }

    private Task<Relay> StartAsync(string from, params string[] to)
    {
        bool isStream = !from.StartsWith("unixpacket", StringComparison.Ordinal) && !from.StartsWith("unixgram", StringComparison.Ordinal);
        return Relay.StartAsync(new RelayOptions
        {
            From = RelayEndpoint.Parse(Filled(from), RelaySide.From),
            To = [.. to.Skip(isStream ? 0 : to.Length - 1).Select(url => RelayEndpoint.Parse(Filled(url), RelaySide.To))],
        });
    }

    private string Filled(string url) => url
        .Replace("PORT", _holder.LocalAddress.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("FOLDER", _folder.Path, StringComparison.Ordinal)
        .Replace("NAME", Path.GetFileName(_folder.Path), StringComparison.Ordinal);
}
