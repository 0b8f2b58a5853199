namespace Weir.Bench;

internal enum HttpGenerator
{
    Wrk,
    H2Load,
}

/// <summary>What is asked for, how often at once, and by which generator.</summary>
internal sealed record HttpWorkload(string Name, string Description, string Path, int Connections)
{
    /// <summary><c>http</c>, <c>h2c</c> (HTTP/2 without TLS, known beforehand) or <c>https</c>.</summary>
    public string Scheme { get; init; } = "http";

    public HttpGenerator Generator { get; init; } = HttpGenerator.Wrk;

    /// <summary>For workload.lua.</summary>
    public IReadOnlyList<string> ScriptArguments { get; init; } = [];

    /// <summary>Requests in flight on each connection.</summary>
    public int Depth { get; init; } = 1;

    public bool ClosesConnections { get; init; }

    public int UploadBytes { get; init; }

    /// <summary>The body that every server has to answer with.</summary>
    public required byte[] Answer { get; init; }
}
