using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Packages;

/// <summary>Somebody installs the packages from a folder, tries the examples of their READMEs and the tool; without a network.</summary>
[Collection(PackagesCollection.Name)]
public sealed class InstalledTests(PackedPackages packages) : IDisposable
{
    private readonly FreshProjects _projects = new(packages.Feed);

    [RequiresProgramsFact("socat", "curl")]
    public async Task TheExamplesOfTheReadmes_RunOnThePackages()
    {
        await _projects.BuildAsync(
            packages.Version,
            ("Weir.Linux", "Microsoft.NET.Sdk"),
            ("Weir.Sockets", "Microsoft.NET.Sdk"),
            ("Weir", "Microsoft.NET.Sdk"),
            ("Weir.Kestrel", "Microsoft.NET.Sdk.Web"));

        Assert.Equal(["weir", "weir.kestrel", "weir.linux", "weir.sockets"], _projects.Taken);
        Assert.Equal("5 bytes\nTrue\n", (await RunAsync("Weir.Linux")).Output);
        Assert.Matches(@"^round trip to 127\.0\.0\.1:[0-9]+: [1-9][0-9]* µs\n$", (await RunAsync("Weir.Sockets")).Output);
        await EchoAsync();
        await AnswerAsync();
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task TheTool_IsInstalledAndServes()
    {
        string[] weir = await _projects.InstallToolAsync("Weir.Tool", packages.Version, "weir");

        Finished version = (await new Run(weir[0], [.. weir[1..], "--version"]).ToEnd()).Succeeded();
        Assert.StartsWith($"weir {packages.Version}", version.Output, StringComparison.Ordinal);
        await using RunningProgram server = RunningProgram.Start([.. weir, "serve", "tcp://127.0.0.1:0"]);
        await server.OutputHas("drains and ends\n");
        string socat = server.Output.Split("try: socat - ")[1].Split('\n')[0];
        Assert.Equal("to and fro\n", (await Clients.Socat(socat, "to and fro\n")).Output);
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitAsync());
    }

    public void Dispose() => _projects.Dispose();

    private async Task<Finished> RunAsync(string package)
    {
        string[] example = _projects.Example(package);
        return (await new Run(example[0], example[1..]).ToEnd()).Succeeded();
    }

    private async Task EchoAsync()
    {
        await using RunningProgram server = RunningProgram.Start([.. _projects.Example("Weir"), "tcp://127.0.0.1:0"]);
        await server.OutputHas("Enter ends\n");
        string address = server.Output.Split("tcp://")[1].Split(';')[0];

        Assert.Equal("hello\n", (await Clients.Socat($"TCP4:{address}", "hello\n")).Output);
        await server.WriteAsync("\n");
        Assert.Equal(0, await server.ExitAsync());
    }

    /// <summary>HTTP/1.1 on one endpoint, HTTP/2 on the other.</summary>
    private async Task AnswerAsync()
    {
        await using RunningProgram server = RunningProgram.Start(
        [
            .. _projects.Example("Weir.Kestrel"),
            "--Kestrel:Endpoints:One:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Two:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Two:Protocols=Http2",
        ]);
        await server.OutputHas("Application started");
        string[] urls = [.. server.Output.Split('\n').Where(line => line.Contains("Now listening on: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[^1].Trim())];

        Assert.Contains("Weir carries the connections", server.Output, StringComparison.Ordinal);
        Assert.Equal("hello\n1.1", (await CurlAsync(urls[0])).Output);
        Assert.Equal("hello\n2", (await CurlAsync("--http2-prior-knowledge", urls[1])).Output);
        Assert.Matches("^[1-9][0-9]* µs\n1.1$", (await CurlAsync($"{urls[0]}/socket")).Output);
    }

    private static async Task<Finished> CurlAsync(params string[] arguments) =>
        (await new Run("curl", ["-sS", "-w", "%{http_version}", .. arguments]).ToEnd()).Succeeded();
}
