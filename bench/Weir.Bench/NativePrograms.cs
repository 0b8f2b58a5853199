namespace Weir.Bench;

/// <summary>Builds the peers that aren't C#, when their sources are newer than the programs.</summary>
internal static class NativePrograms
{
    public const string GccFlags = "-std=gnu11 -O2 -Wall -Wextra -Werror";

    private const string DebianPackagesForC = "gcc libc6-dev";

    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(2);

    public static string Load => Path.Combine(Repository.PeerPrograms, "load");

    public static string CEpoll => Path.Combine(Repository.PeerPrograms, "c-epoll");

    public static string CUring => Path.Combine(Repository.PeerPrograms, "c-uring");

    public static string CUdp => Path.Combine(Repository.PeerPrograms, "c-udp");

    public static string CRelay => Path.Combine(Repository.PeerPrograms, "c-relay");

    public static string CPackets => Path.Combine(Repository.PeerPrograms, "c-packets");

    public static string GoEcho => Path.Combine(Repository.PeerPrograms, "go-echo");

    public static async Task BuildCAsync(CancellationToken cancel)
    {
        foreach (string program in (string[])[Load, CEpoll, CUring, CUdp, CRelay, CPackets])
        {
            string[] sources = Sources(Path.GetFileName(program), "*.c", "*.h");
            await BuildAsync(program, sources, GccCommand, environment: null, DebianPackagesForC, cancel);
        }
    }

    public static Task BuildGoAsync(CancellationToken cancel)
    {
        var environment = new Dictionary<string, string>
        {
            ["GOCACHE"] = Path.Combine(Repository.PeerPrograms, "go-cache"),
            ["GO111MODULE"] = "off",
        };
        return BuildAsync(
            GoEcho, Sources("go", "*.go"), static (program, sources) => ["go", "build", "-o", program, .. sources],
            environment, "golang-go", cancel);
    }

    private static string[] GccCommand(string program, string[] sources) =>
        ["gcc", .. GccFlags.Split(' '), "-o", program, .. sources.Where(source => source.EndsWith(".c", StringComparison.Ordinal))];

    private static string[] Sources(string folder, params string[] patterns) =>
        [.. patterns.SelectMany(pattern => Directory.GetFiles(Path.Combine(Repository.PeerSources, folder), pattern)).Order()];

    private static async Task BuildAsync(
        string program,
        string[] sources,
        Func<string, string[], string[]> commandFor,
        Dictionary<string, string>? environment,
        string debianPackages,
        CancellationToken cancel)
    {
        DateTime newest = sources.Max(File.GetLastWriteTimeUtc);
        if (File.Exists(program) && File.GetLastWriteTimeUtc(program) >= newest)
            return;

        Directory.CreateDirectory(Repository.PeerPrograms);
        string[] command = commandFor(program, sources);
        await Console.Error.WriteLineAsync($"building {Path.GetRelativePath(Repository.Root, program)}");
        ShellResult result = await Shell.RunAsync(command, s_buildLimit, cancel, environment)
            ?? throw new BenchException($"{command[0]}: not installed; apt install {debianPackages}");
        if (result.ExitCode != 0)
            throw new BenchException($"{command[0]}: {result.Error.Trim()}");
    }
}
