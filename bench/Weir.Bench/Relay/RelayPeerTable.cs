namespace Weir.Bench;

/// <summary>Every relay, defined once. The order is the order within a round: what a bar compares is near.</summary>
internal static class RelayPeerTable
{
    public const string CCopy = "c-copy";
    public const string CSplice = "c-splice";
    public const string Haproxy = "haproxy";
    public const string HaproxySplice = "haproxy-splice";
    public const string Weir = "weir";
    public const string Socat = "socat";
    public const string Socat64K = "socat-64k";

    private const int BufferBytes = 64 * 1024;

    public static IReadOnlyList<RelayPeer> All { get; } =
    [
        OfC(CCopy, "copy", "recv and send through 64 KiB in C: a ceiling"),
        OfC(CSplice, "splice", "splice(2) through a pipe of 64 KiB in C: a ceiling"),
        OfHaproxy(HaproxySplice, "haproxy with option splice-auto", "option splice-auto"),
        OfHaproxy(Haproxy, "haproxy, mode tcp, nbthread 1, its own buffer size", extraLine: ""),
        OfWeir(),
        OfSocat(Socat64K, "socat -b 65536", ["-b", $"{BufferBytes}"]),
        OfSocat(Socat, "socat TCP-LISTEN,fork TCP as it comes (8 KiB); a backlog that holds all connections", []),
    ];

    private static RelayPeer OfC(string name, string how, string description) =>
        new(name, description, route => [NativePrograms.CRelay, route.From, route.To, how, $"{BufferBytes}"])
        {
            Program = NativePrograms.CRelay,
        };

    private static RelayPeer OfHaproxy(string name, string description, string extraLine) =>
        new(name, description, route => ["haproxy", "-db", "-f", route.ConfigPath])
        {
            VersionCommand = ["haproxy", "-v"],
            ConfigFor = route => $"""
                global
                  nbthread 1
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 1h
                  timeout server 1h
                listen relay
                  bind 127.0.0.1:{route.FromPort}
                  {extraLine}
                  server backend 127.0.0.1:{route.ToPort}

                """,
        };

    private static RelayPeer OfSocat(string name, string description, string[] options) =>
        new(name, description, route =>
        [
            "socat", .. options, $"TCP-LISTEN:{route.FromPort},bind=127.0.0.1,reuseaddr,fork,backlog=1024",
            $"TCP:127.0.0.1:{route.ToPort}",
        ])
        {
            VersionCommand = ["socat", "-V"],
        };

    private static RelayPeer OfWeir()
    {
        string assembly = Repository.Assembly("Weir.Cli");
        return new RelayPeer(
            Weir, "weir relay with one loop", route => ["dotnet", assembly, "relay", route.From, route.To, "--loops", "1", "--json"])
        {
            Program = assembly,
        };
    }
}
