namespace Weir.Bench;

/// <summary>Every peer, defined once. The order is the order within a round: what a bar compares is neighbours.</summary>
internal static class PeerTable
{
    public const string CEpoll = "c-epoll";
    public const string BareEpoll = "bare-epoll";
    public const string WeirInline = "weir-inline";
    public const string WeirThreadPool = "weir-threadpool";
    public const string SocketInline = "socket-inline";
    public const string Socket = "socket";
    public const string Go = "go";

    public static IReadOnlyList<Peer> All { get; } =
    [
        OfAssembly(BareEpoll, "the loop of c-epoll in C# with bare system calls: the ceiling", "BareEpoll"),
        new(CEpoll, "epoll loop in C, edge-triggered, one thread: the reference", url => [NativePrograms.CEpoll, url])
        {
            Program = NativePrograms.CEpoll,
        },
        OfWeir(WeirInline, "handler resumes on the loop", "inline"),
        OfAssembly(SocketInline, "the same Socket program with inline completions and one engine thread", "DotnetSocket") with
        {
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
            },
        },
        OfWeir(WeirThreadPool, "handler resumes on the thread pool: the default", "threadpool"),
        OfAssembly(Socket, "System.Net.Sockets.Socket as users write it, 4 KiB buffer per connection", "DotnetSocket"),
        new(Go, "goroutine per connection, 4 KiB buffer each, GOMAXPROCS=1", url => [NativePrograms.GoEcho, url])
        {
            Program = NativePrograms.GoEcho,
            Environment = new Dictionary<string, string> { ["GOMAXPROCS"] = "1" },
        },
    ];

    public static IReadOnlyList<Peer> Select(string? names) => SharedOptions.SelectPeers(All, peer => peer.Name, names);

    private static Peer OfAssembly(string name, string description, string project)
    {
        string assembly = Repository.Assembly(project);
        return new Peer(name, description, url => ["dotnet", assembly, url]) { Program = assembly };
    }

    private static Peer OfWeir(string name, string description, string scheduling)
    {
        string assembly = Repository.Assembly("Weir.Cli");
        return new Peer(
            name,
            $"weir serve, echo handler, one epoll loop; {description}",
            url => ["dotnet", assembly, "serve", url, "--handler", "echo", "--loops", "1", "--scheduling", scheduling, "--json"])
        {
            Program = assembly,
        };
    }
}
