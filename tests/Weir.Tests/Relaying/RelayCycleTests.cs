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
        Directory.CreateSymbolicLink(_folder.File("here"), _folder.Path);
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
    [InlineData("unix://FOLDER/in", "unix://FOLDER/here/in")]
    [InlineData("tcp4://:PORT", "tcp://[::ffff:127.0.0.1]:PORT")]
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
    [InlineData("tcp4://127.0.0.5:PORT", "tcp4://0.0.0.0:PORT")]
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

    [Fact]
    public async Task ItsOwnAddress_LeavesTheListenersToTheProcessThatHasThem()
    {
        await using LoopGroup loops = new(1);
        var url = SocketUrl.Parse(Filled("unix://FOLDER/in"));
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [url], Loops = loops, HandoverPath = _folder.File("door") }, _ => Task.CompletedTask);

        await Assert.ThrowsAsync<NotSupportedException>(() => Relay.StartAsync(new RelayOptions
        {
            From = RelayEndpoint.Parse(url.ToString(), RelaySide.From),
            To = [RelayEndpoint.Parse(url.ToString(), RelaySide.To)],
            HandoverPath = _folder.File("door"),
        }));

        using (KernelSocket client = KernelSocket.Create(AF_UNIX, SOCK_STREAM))
        {
            Assert.True(client.Connect(server.Listeners[0].LocalAddress).IsOk);
            await Eventually.True(() => server.Statistics.Accepted == 1);
        }

        Assert.False(server.HandedOver.IsCompleted);
    }

    [Fact]
    public async Task SlowNames_AreLookedUpAtOnce_AndNotWaitedForForLong()
    {
        await using Relay relay = await StartAsync("tcp4://127.0.0.1:PORT", "unix://FOLDER/other");
        SocketUrl[] names = [.. Enumerable.Range(1, 3).Select(number => SocketUrl.Parse(Filled($"tcp4://slow{number}:PORT")))];
        var all = new TaskCompletionSource();
        int asked = 0;

        await RelayCycle.RequireNoneAsync(
            names,
            relay.Listeners,
            async (_, cancellationToken) =>
            {
                if (Interlocked.Increment(ref asked) == names.Length)
                    all.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return [];
            },
            CancellationToken.None).InTime();

        Assert.True(all.Task.IsCompletedSuccessfully);
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
