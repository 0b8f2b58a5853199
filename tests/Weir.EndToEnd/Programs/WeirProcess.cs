using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Testing;

namespace Weir.EndToEnd;

/// <summary>A <c>weir serve</c> or <c>weir relay</c> that listens; its addresses are the real ones, whatever port the kernel chose.</summary>
internal sealed partial class WeirProcess : IAsyncDisposable
{
    private WeirProcess(RunningProgram program) => Program = program;

    public RunningProgram Program { get; }

    /// <summary>Words before <c>serve</c>: dotnet and the program that the solution built.</summary>
    public static IReadOnlyList<string> Command { get; } =
        ["dotnet", Repository.At("artifacts", "bin", "Weir.Cli", "release", "Weir.Cli.dll")];

    /// <summary>The command as a word of a shell script.</summary>
    public static string InShell { get; } = $"dotnet '{Command[1]}'";

    /// <summary>The lines that are whole, each a JSON object.</summary>
    public JsonElement[] Lines =>
        [.. Program.Output.Split('\n').SkipLast(1).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>What is listened on, in the order of the URLs.</summary>
    public string[] Addresses { get; private set; } = [];

    public string Address => Addresses[0];

    /// <summary>The first address as socat names it.</summary>
    public string Socat => SocatOf(Address);

    public int Port => PortOf(Address);

    /// <summary>One run of the command line to its end.</summary>
    public static Task<Finished> Run(params string[] arguments) => new Run(Command[0], [Command[1], .. arguments]).ToEnd();

    /// <summary>Starts <c>weir serve --json</c> and waits until it listens.</summary>
    public static Task<WeirProcess> ServeAsync(params string[] arguments) => ServeThroughAsync([], arguments);

    /// <summary>The same, started by another program, which is given the command as its last words.</summary>
    public static Task<WeirProcess> ServeThroughAsync(string[] starter, params string[] arguments) => StartAsync(
        [.. starter, .. Command, "serve", "--json", .. arguments],
        listeners: Math.Max(1, arguments.Count(argument => argument.Contains("://", StringComparison.Ordinal))));

    /// <summary>Starts <c>weir relay --json</c> from a URL and waits until it listens.</summary>
    public static Task<WeirProcess> RelayAsync(params string[] arguments) => RelayThroughAsync([], arguments);

    /// <inheritdoc cref="ServeThroughAsync"/>
    public static Task<WeirProcess> RelayThroughAsync(string[] starter, params string[] arguments) =>
        StartAsync([.. starter, .. Command, "relay", "--json", .. arguments], listeners: 1);

    /// <summary>Starts <c>weir listen --json</c> on the URLs before the first option and waits until it listens.</summary>
    public static Task<WeirProcess> ListenAsync(params string[] arguments) => ListenThroughAsync([], arguments);

    /// <inheritdoc cref="ServeThroughAsync"/>
    public static Task<WeirProcess> ListenThroughAsync(string[] starter, params string[] arguments) => StartAsync(
        [.. starter, .. Command, "listen", "--json", .. arguments],
        listeners: Math.Max(1, arguments.TakeWhile(argument => !argument.StartsWith('-')).Count()));

    private static async Task<WeirProcess> StartAsync(string[] command, int listeners)
    {
        var server = new WeirProcess(RunningProgram.Start(command));
        try
        {
            await server.Program.Until(() => server.Events("listening").Length >= listeners, "the listening lines");
            server.Addresses = [.. server.Events("listening").Select(line => line.GetProperty("address").GetString()!)];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public JsonElement[] Events(string kind) => [.. Lines.Where(line => line.GetProperty("event").GetString() == kind)];

    public Task UntilEvent(string kind) => Program.Until(() => Events(kind).Length > 0, $"an event {kind}");

    /// <summary>SIGTERM, the drain, the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Program.SignalAsync("TERM");
        return await Program.ExitAsync();
    }

    /// <summary>The end of a URL of ours as socat writes it.</summary>
    public static string SocatOf(string address)
    {
        if (address.StartsWith("unix://@", StringComparison.Ordinal))
            return $"ABSTRACT-CONNECT:{address["unix://@".Length..]}";
        if (address.StartsWith("unix://", StringComparison.Ordinal))
            return $"UNIX-CONNECT:{address["unix://".Length..]}";
        if (address.StartsWith("unixgram://", StringComparison.Ordinal))
            return $"UNIX-SENDTO:{address["unixgram://".Length..]}";
        if (address.StartsWith("unixpacket://", StringComparison.Ordinal))
            return $"UNIX-CONNECT:{address["unixpacket://".Length..]},socktype=5";
        string protocol = address.StartsWith("udp", StringComparison.Ordinal) ? "UDP" : "TCP";
        return $"{protocol}{(address.Contains('[') ? 6 : 4)}:{address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..]}";
    }

    public static int PortOf(string address) => int.Parse(LastNumber().Match(address).Value);

    public ValueTask DisposeAsync() => Program.DisposeAsync();

    [GeneratedRegex(@"\d+$")]
    private static partial Regex LastNumber();
}
