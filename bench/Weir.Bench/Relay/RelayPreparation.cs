namespace Weir.Bench;

/// <summary>Builds what is built here, and says which of the others can't take part.</summary>
internal static class RelayPreparation
{
    private static readonly RelayRoute s_routeForDescriptions = new(FromPort: 7001, ToPort: 7002, ConfigPath: "CONFIG");

    public static async Task<(IReadOnlyList<RelayPeer> Ready, IReadOnlyList<LeftOut> LeftOut, IReadOnlyList<RelayPeerEntry> Entries)>
        PrepareAsync(IReadOnlyList<RelayPeer> wanted, bool namedByUser, CancellationToken cancel)
    {
        await NativePrograms.BuildCAsync(cancel);
        var ready = new List<RelayPeer>();
        var leftOut = new List<LeftOut>();
        var entries = new List<RelayPeerEntry>();
        foreach (RelayPeer peer in wanted)
        {
            if (peer.Program is not null && !File.Exists(peer.Program))
                throw new BenchException($"{peer.Name}: {peer.Program} is missing; dotnet build Weir.slnx -c Release");
            string? version = await VersionAsync(peer, cancel);
            if (version is null && peer.VersionCommand is [string program, ..])
            {
                string reason = $"{program} is not installed; apt install {program}";
                if (namedByUser)
                    throw new BenchException($"{peer.Name}: {reason}");
                leftOut.Add(new LeftOut(peer.Name, reason));
                continue;
            }

            ready.Add(peer);
            entries.Add(Describe(peer, version));
        }

        return (ready, leftOut, entries);
    }

    private static RelayPeerEntry Describe(RelayPeer peer, string? version) => new(
        peer.Name,
        peer.Description,
        string.Join(' ', peer.CommandFor(s_routeForDescriptions)).Replace(Repository.Root + "/", "", StringComparison.Ordinal),
        peer.ConfigFor?.Invoke(s_routeForDescriptions),
        version);

    // socat's first line is its author.
    private static async Task<string?> VersionAsync(RelayPeer peer, CancellationToken cancel)
    {
        if (peer.VersionCommand is null)
            return null;
        ShellResult? result = await Shell.RunAsync(peer.VersionCommand, TimeSpan.FromSeconds(10), cancel);
        return result is not { ExitCode: 0 }
            ? null
            : result.Output.Split('\n').FirstOrDefault(line => line.Contains("version", StringComparison.OrdinalIgnoreCase))?.Trim() ?? "unknown";
    }
}
