namespace Weir.Bench;

/// <summary>Every server, defined once. The order is the order within a round: what a bar compares is near.</summary>
internal static class HttpPeerTable
{
    public const string KestrelInline = "kestrel-inline";
    public const string WeirInline = "weir-inline";
    public const string Kestrel = "kestrel";
    public const string WeirThreadPool = "weir-threadpool";
    public const string WeirUringInline = "weir-uring-inline";
    public const string WeirUringThreadPool = "weir-uring-threadpool";
    public const string Nginx = "nginx";

    // On one core .NET waits ten times as long before it compiles hot code again; then the warm-up would have to last a quarter of a minute.
    private static readonly Dictionary<string, string> s_tiering = new() { ["DOTNET_TC_DelaySingleProcMultiplier"] = "1" };

    public static IReadOnlyList<HttpPeer> All { get; } =
    [
        OfKestrel(KestrelInline, "its own transport with UnsafePreferInlineScheduling and inline completions", "sockets-inline") with
        {
            Environment = new Dictionary<string, string>(s_tiering) { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" },
        },
        OfKestrel(WeirInline, "UseWeir on epoll with inline scheduling", "weir-inline"),
        OfKestrel(WeirUringInline, "UseWeir on uring with inline scheduling", "weir-uring-inline"),
        OfKestrel(Kestrel, "its own transport as it comes", "sockets"),
        OfKestrel(WeirThreadPool, "UseWeir on epoll as it comes", "weir-threadpool"),
        OfKestrel(WeirUringThreadPool, "UseWeir on uring", "weir-uring-threadpool"),
        new(Nginx, "nginx with one worker, the same bodies from return and from files", place => ["nginx", "-c", place.ConfigPath, "-e", "stderr"])
        {
            Package = "nginx",
            ConfigFor = NginxConfig.For,
            Cannot = new Dictionary<string, string>
            {
                [HttpWorkloadTable.Upload] = "it only reads a body for a program behind it, whose work would be counted too",
            },
        },
    ];

    private static HttpPeer OfKestrel(string name, string description, string transport)
    {
        string assembly = Repository.Assembly("KestrelPeer");
        return new HttpPeer(name, $"Kestrel, {description}", place =>
        [
            "dotnet", assembly, place.Url, transport,
            .. place.Scheme == "https" ? [place.CertificatePath, place.KeyPath] : Array.Empty<string>(),
        ])
        {
            Program = assembly,
            Environment = s_tiering,
        };
    }
}
