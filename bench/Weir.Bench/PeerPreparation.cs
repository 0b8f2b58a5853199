namespace Weir.Bench;

/// <summary>Builds what is missing, and says what can't take part.</summary>
internal static class PeerPreparation
{
    private const string UrlForDescriptions = "tcp://127.0.0.1:PORT";

    private static readonly TimeSpan s_probeLimit = TimeSpan.FromSeconds(10);

    public static async Task<(IReadOnlyList<Peer> Ready, IReadOnlyList<LeftOut> LeftOut)> PrepareAsync(
        IReadOnlyList<Peer> wanted, bool namedByUser, CancellationToken cancel)
    {
        await NativePrograms.BuildCAsync(cancel);
        var ready = new List<Peer>();
        var leftOut = new List<LeftOut>();
        foreach (Peer peer in wanted)
        {
            if (await WhyNotAsync(peer, cancel) is string reason)
            {
                leftOut.Add(!namedByUser ? new LeftOut(peer.Name, reason) : throw new BenchException($"{peer.Name}: {reason}"));
                continue;
            }

            if (peer.Name == PeerTable.Go)
                await NativePrograms.BuildGoAsync(cancel);
            if (!peer.IsBuilt)
                throw new BenchException($"{peer.Name}: {peer.Program} is missing; dotnet build Weir.slnx -c Release");
            ready.Add(peer);
        }

        return (ready, leftOut);
    }

    /// <summary>What this machine lacks. Null when the peer can run.</summary>
    private static async Task<string?> WhyNotAsync(Peer peer, CancellationToken cancel)
    {
        if (peer.Name == PeerTable.Go && await Shell.FirstLineAsync(cancel, "go", "version") is null)
            return "go is not installed; apt install golang-go";
        if (!peer.NeedsRing)
            return null;
        ShellResult? probe = await Shell.RunAsync([NativePrograms.CUring, "--probe"], s_probeLimit, cancel);
        return probe is { ExitCode: 0 } ? null : $"this kernel refuses io_uring: {probe?.Error.Trim()}";
    }

    public static PeerEntry Describe(Peer peer) => new(
        peer.Name,
        peer.Description,
        string.Join(' ', peer.CommandFor(UrlForDescriptions)).Replace(Repository.Root + "/", "", StringComparison.Ordinal),
        peer.Environment)
    {
        BufferBytes = peer.BufferBytes,
    };
}
