namespace Weir.Bench;

/// <summary>A server to measure: how it is started for an address, and what makes it what it is.</summary>
internal sealed record Peer(string Name, string Description, Func<string, string[]> CommandFor)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that has to be there before the peer can run.</summary>
    public required string Program { get; init; }

    public bool IsBuilt => File.Exists(Program);
}
