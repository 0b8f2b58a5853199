namespace Weir.Bench;

/// <summary>A server to measure: how it is started for an address, and what makes it what it is.</summary>
internal sealed record Peer(string Name, string Description, Func<string, string[]> CommandFor)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that has to be there before the peer can run.</summary>
    public required string Program { get; init; }

    /// <summary>What a Weir peer's loops wait with: a name of <c>weir serve --engine</c>. Null for everybody else.</summary>
    public string? WeirEngine { get; init; }

    /// <summary>Can't run where the kernel refuses io_uring.</summary>
    public bool NeedsRing { get; init; }

    /// <summary>A message that is larger is answered in pieces.</summary>
    public int BufferBytes { get; init; } = 16 * 1024;

    public bool IsBuilt => File.Exists(Program);
}
