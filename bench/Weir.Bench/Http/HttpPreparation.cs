namespace Weir.Bench;

/// <summary>Who takes part in what, and who can't.</summary>
internal sealed record HttpParticipants(
    IReadOnlyList<HttpWorkload> Workloads, IReadOnlyList<HttpPeer> Peers, IReadOnlyList<HttpPeerEntry> Entries, IReadOnlyList<HttpLeftOut> LeftOut)
{
    public IReadOnlyList<HttpPeer> In(HttpWorkload workload) => [.. Peers.Where(peer => !peer.Cannot.ContainsKey(workload.Name))];
}

/// <summary>Builds what is built here, and says which of the others can't take part.</summary>
internal static class HttpPreparation
{
    private const string H2LoadIsMissing = "h2load is not installed; apt install nghttp2-client";

    private static readonly HttpPlace s_placeForDescriptions = new("http", Port: 8080, Folder: "FOLDER");
    private static readonly TimeSpan s_versionLimit = TimeSpan.FromSeconds(10);

    public static async Task<HttpParticipants> PrepareAsync(HttpOptions options, string? peerNames, CancellationToken cancel)
    {
        await NativePrograms.BuildCAsync(cancel);
        var leftOut = new List<HttpLeftOut>();
        IReadOnlyList<HttpWorkload> workloads = await RunnableAsync(options, leftOut, cancel);
        IReadOnlyList<HttpPeer> wanted = SharedOptions.SelectPeers(HttpPeerTable.All, peer => peer.Name, peerNames);
        var peers = new List<HttpPeer>();
        var entries = new List<HttpPeerEntry>();
        foreach (HttpPeer peer in wanted)
        {
            if (peer.Program is not null && !File.Exists(peer.Program))
                throw new BenchException($"{peer.Name}: {peer.Program} is missing; dotnet build Weir.slnx -c Release");
            string? version = peer.Package is null ? null : await VersionAsync(peer.Package, "-v", cancel);
            if (peer.Package is not null && version is null)
            {
                string reason = $"{peer.Package} is not installed; apt install {peer.Package}";
                if (peerNames is not null)
                    throw new BenchException($"{peer.Name}: {reason}");
                leftOut.Add(new HttpLeftOut(peer.Name, Workload: null, reason));
                continue;
            }

            peers.Add(peer);
            entries.Add(Describe(peer, version));
            leftOut.AddRange(workloads.Where(workload => peer.Cannot.ContainsKey(workload.Name))
                .Select(workload => new HttpLeftOut(peer.Name, workload.Name, peer.Cannot[workload.Name])));
        }

        return new HttpParticipants(workloads, peers, entries, leftOut);
    }

    public static HttpWorkloadEntry Describe(HttpWorkload workload, int seconds) => new(
        workload.Name,
        workload.Description,
        workload.Connections,
        RequestsInFlight: workload.Connections * workload.Depth,
        WithoutRoot(HttpLoad.CommandFor(workload, s_placeForDescriptions with { Scheme = workload.Scheme }, seconds)));

    private static async Task<IReadOnlyList<HttpWorkload>> RunnableAsync(
        HttpOptions options, List<HttpLeftOut> leftOut, CancellationToken cancel)
    {
        HttpWorkload[] wanted = [.. HttpWorkloadTable.All.Where(workload => options.Workloads.Contains(workload.Name))];
        if (wanted.Any(workload => workload.Generator == HttpGenerator.Wrk) && await VersionAsync("wrk", "-v", cancel) is null)
            throw new BenchException("wrk: not installed; apt install wrk");
        HttpWorkload[] needH2Load = [.. wanted.Where(workload => workload.Generator == HttpGenerator.H2Load)];
        if (needH2Load.Length == 0 || await VersionAsync("h2load", "--version", cancel) is not null)
            return wanted;
        if (options.WorkloadsNamed)
            throw new BenchException(H2LoadIsMissing);
        leftOut.AddRange(needH2Load.Select(workload => new HttpLeftOut(Peer: null, workload.Name, H2LoadIsMissing)));
        return [.. wanted.Except(needH2Load)];
    }

    private static HttpPeerEntry Describe(HttpPeer peer, string? version) => new(
        peer.Name,
        peer.Description,
        WithoutRoot(peer.CommandFor(s_placeForDescriptions)),
        peer.Environment,
        peer.ConfigFor?.Invoke(s_placeForDescriptions),
        version);

    private static string WithoutRoot(string[] command) =>
        string.Join(' ', command).Replace(Repository.Root + "/", "", StringComparison.Ordinal);

    // nginx says it to stderr, and wrk ends with 1 after its version.
    private static async Task<string?> VersionAsync(string program, string option, CancellationToken cancel)
    {
        ShellResult? result = await Shell.RunAsync([program, option], s_versionLimit, cancel);
        return result is null ? null : $"{result.Error}{result.Output}".Trim().Split('\n')[0];
    }
}
