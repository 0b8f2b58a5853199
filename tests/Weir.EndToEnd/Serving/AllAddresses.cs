using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>One server for a class of tests, on every kind of address: IPv4, IPv6, a path, an abstract name.</summary>
public abstract class AllAddresses(string handler) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WeirProcess? _server;

    internal WeirProcess Server => _server!;

    internal string Path => _folder.File("weir.sock");

    internal string AbstractName { get; } = $"weir-test-{handler}-{Environment.ProcessId}";

    public async Task InitializeAsync() => _server = await WeirProcess.ServeAsync(
        "tcp4://127.0.0.1:0", "tcp6://[::1]:0", $"unix://{Path}", $"unix://@{AbstractName}", "--handler", handler);

    public async Task DisposeAsync()
    {
        Assert.Equal(0, await Server.StopAsync());
        Assert.Empty(Server.Program.Errors);
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class EchoServer() : AllAddresses("echo");

public sealed class DiscardServer() : AllAddresses("discard");

public sealed class ChargenServer() : AllAddresses("chargen");

public sealed class DaytimeServer() : AllAddresses("daytime");
