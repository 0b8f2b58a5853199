namespace Weir.Bench;

/// <summary>Builds what is missing, and says what can't take part.</summary>
internal static class PeerPreparation
{
    private const string UrlForDescriptions = "tcp://127.0.0.1:PORT";

    public static async Task<(IReadOnlyList<Peer> Ready, IReadOnlyList<LeftOut> LeftOut)> PrepareAsync(
        IReadOnlyList<Peer> wanted, bool namedByUser, CancellationToken cancel)
    {
        await NativePrograms.BuildCAsync(cancel);
        var ready = new List<Peer>();
        var leftOut = new List<LeftOut>();
        foreach (Peer peer in wanted)
        {
            if (peer.Name == PeerTable.Go && !namedByUser && await Shell.FirstLineAsync(cancel, "go", "version") is null)
            {
                leftOut.Add(new LeftOut(peer.Name, "go is not installed; apt install golang-go"));
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

    public static PeerEntry Describe(Peer peer) => new(
        peer.Name,
        peer.Description,
        string.Join(' ', peer.CommandFor(UrlForDescriptions)).Replace(Repository.Root + "/", "", StringComparison.Ordinal),
        peer.Environment);
}
