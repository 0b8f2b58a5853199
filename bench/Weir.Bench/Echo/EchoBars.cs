namespace Weir.Bench;

/// <summary>What Weir has to reach: CPU per request, as a ratio to a peer in the same round. Lower is better.</summary>
/// <param name="Denominators">The one with the lower median of the run, when there are several. All have to run.</param>
internal sealed record Bar(string Numerator, IReadOnlyList<string> Denominators, double Limit)
{
    /// <summary>Any count when null.</summary>
    public IReadOnlyList<int>? Connections { get; init; }
}

/// <param name="BestOf">Of whom the denominator was the best; null when there was no choice.</param>
internal sealed record BarResult(
    int Connections, string Numerator, string Denominator, IReadOnlyList<string>? BestOf, double Bar, Spread Ratio, bool IsMet);

internal static class EchoBars
{
    private const int PipelineOfBars = 16;

    private static readonly string[] s_c = [PeerTable.CEpoll, PeerTable.CUring];
    private static readonly int[] s_manyConnections = [50, 500];
    private static readonly int[] s_largerSizesBytes = [4096, 16 * 1024];

    // Fixed before any tuning; they don't move.
    private static readonly Bar[] s_small =
    [
        new(PeerTable.WeirInline, [PeerTable.CEpoll], 1.10),
        new(PeerTable.WeirInline, [PeerTable.SocketInline], 0.90),
        new(PeerTable.WeirThreadPool, [PeerTable.Socket], 0.85),
        new(PeerTable.WeirUring, s_c, 1.10) { Connections = s_manyConnections },
        new(PeerTable.WeirUring, [PeerTable.WeirInline], 1.00) { Connections = s_manyConnections },
    ];

    private static readonly Bar[] s_pipelined = [new(PeerTable.WeirUring, s_c, 1.05) { Connections = s_manyConnections }];

    private static readonly Bar[] s_larger = [new(PeerTable.WeirUring, [PeerTable.WeirInline], 1.05) { Connections = [1, .. s_manyConnections] }];

    // At least 95 % of its connections per second of CPU.
    private static readonly Bar[] s_connect = [new(PeerTable.WeirUring, [PeerTable.CEpoll], 1 / 0.95) { Connections = s_manyConnections }];

    public static IReadOnlyList<BarResult> Judge(IReadOnlyList<EchoRun> runs, EchoOptions options) =>
    [
        .. options.Connections.SelectMany(connections => BarsFor(options)
            .Where(bar => bar.Connections is null || bar.Connections.Contains(connections))
            .Select(bar => Judge(runs, connections, bar)))
            .OfType<BarResult>(),
    ];

    /// <summary>They were set for TCP, and for these messages.</summary>
    private static Bar[] BarsFor(EchoOptions options) => (options.UrlKind, options.Connect, options.Pipeline, options.SizeBytes) switch
    {
        (UrlKind.Tcp, false, 1, EchoOptions.DefaultSizeBytes) => s_small,
        (UrlKind.Tcp, false, PipelineOfBars, EchoOptions.DefaultSizeBytes) => s_pipelined,
        (UrlKind.Tcp, false, 1, int size) when s_largerSizesBytes.Contains(size) => s_larger,
        (UrlKind.Tcp, true, 1, EchoOptions.DefaultSizeBytes) => s_connect,
        _ => [],
    };

    private static BarResult? Judge(IReadOnlyList<EchoRun> runs, int connections, Bar bar)
    {
        double?[] medians = [.. bar.Denominators.Select(peer => EchoSummaries.MedianCpu(runs, connections, peer))];
        if (medians.Contains(null))
            return null;
        string denominator = bar.Denominators[Array.IndexOf(medians, medians.Min())];
        return EchoSummaries.CpuRatio(runs, connections, bar.Numerator, denominator) is Spread ratio
            ? new BarResult(connections, bar.Numerator, denominator, BestOf(bar), bar.Limit, ratio, ratio.Median <= bar.Limit)
            : null;
    }

    private static IReadOnlyList<string>? BestOf(Bar bar) => bar.Denominators.Count > 1 ? bar.Denominators : null;
}
