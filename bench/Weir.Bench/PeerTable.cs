namespace Weir.Bench;

/// <summary>Every peer, defined once. The order is the order within a round: what a bar compares is neighbours.</summary>
internal static class PeerTable
{
    public const string CEpoll = "c-epoll";
    public const string BareEpoll = "bare-epoll";
    public const string BareUring = "bare-uring";
    public const string CUring = "c-uring";
    public const string WeirInline = "weir-inline";
    public const string WeirThreadPool = "weir-threadpool";
    public const string WeirUring = "weir-uring";
    public const string WeirUringThreadPool = "weir-uring-threadpool";
    public const string SocketInline = "socket-inline";
    public const string Socket = "socket";
    public const string Go = "go";

    public const string EpollEngine = "epoll";
    public const string UringEngine = "uring";

    private const int SmallBufferBytes = 4096;

    // On one core .NET waits ten times as long before it compiles hot code again; then a warm-up of 8 s would be needed, not of 4.
    private static readonly Dictionary<string, string> s_tiering = new() { ["DOTNET_TC_DelaySingleProcMultiplier"] = "1" };

    private static readonly string[] s_weirEngines = [EpollEngine, UringEngine];

    public static IReadOnlyList<Peer> All { get; } =
    [
        OfAssembly(BareEpoll, "the loop of c-epoll in C# with bare system calls: the ceiling", "BareEpoll"),
        OfAssembly(BareUring, "the loop of c-uring in C# with bare system calls: the ring's ceiling", "BareUring") with { NeedsRing = true },
        new(CUring, "io_uring loop in C, multishot receives, answers by send(2), one thread: the ring's reference", url => [NativePrograms.CUring, url])
        {
            Program = NativePrograms.CUring,
            NeedsRing = true,
        },
        new(CEpoll, "epoll loop in C, edge-triggered, one thread: the reference", url => [NativePrograms.CEpoll, url])
        {
            Program = NativePrograms.CEpoll,
        },
        OfWeir(WeirUring, UringEngine, "handler resumes on the loop", "inline"),
        OfWeir(WeirInline, EpollEngine, "handler resumes on the loop", "inline"),
        OfAssembly(SocketInline, "the same Socket program with inline completions and one engine thread", "DotnetSocket") with
        {
            BufferBytes = SmallBufferBytes,
            Environment = new Dictionary<string, string>(s_tiering)
            {
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
            },
        },
        OfWeir(WeirThreadPool, EpollEngine, "handler resumes on the thread pool: the default", "threadpool"),
        OfWeir(WeirUringThreadPool, UringEngine, "handler resumes on the thread pool", "threadpool"),
        OfAssembly(Socket, "System.Net.Sockets.Socket as users write it, 4 KiB buffer per connection", "DotnetSocket") with
        {
            BufferBytes = SmallBufferBytes,
        },
        new(Go, "goroutine per connection, 4 KiB buffer each, GOMAXPROCS=1", url => [NativePrograms.GoEcho, url])
        {
            Program = NativePrograms.GoEcho,
            BufferBytes = SmallBufferBytes,
            Environment = new Dictionary<string, string> { ["GOMAXPROCS"] = "1" },
        },
    ];

    public static IReadOnlyList<Peer> Select(string? names) => SharedOptions.SelectPeers(All, peer => peer.Name, names);

    /// <param name="names">All when null.</param>
    /// <param name="weirEngines">Weir's peers on other engines don't take part; all engines when null.</param>
    public static IReadOnlyList<Peer> Select(string? names, string? weirEngines)
    {
        IReadOnlyList<string> engines = SharedOptions.Select("--engine", s_weirEngines, engine => engine, weirEngines);
        Peer[] selected = [.. Select(names).Where(peer => peer.WeirEngine is null || engines.Contains(peer.WeirEngine))];
        return selected.Length > 0 ? selected : throw new BenchException($"--engine {weirEngines}: none of --peers {names} is left");
    }

    private static Peer OfAssembly(string name, string description, string project)
    {
        string assembly = Repository.Assembly(project);
        return new Peer(name, description, url => ["dotnet", assembly, url]) { Program = assembly, Environment = s_tiering };
    }

    private static Peer OfWeir(string name, string engine, string description, string scheduling)
    {
        string assembly = Repository.Assembly("Weir.Cli");
        return new Peer(
            name,
            $"weir serve, echo handler, one {engine} loop; {description}",
            url =>
            [
                "dotnet", assembly, "serve", url, "--handler", "echo", "--loops", "1", "--engine", engine, "--scheduling", scheduling, "--json",
            ])
        {
            Program = assembly,
            Environment = s_tiering,
            WeirEngine = engine,
            NeedsRing = engine == UringEngine,
        };
    }
}
