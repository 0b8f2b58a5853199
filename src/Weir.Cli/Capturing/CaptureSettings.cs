namespace Weir.Cli.Capturing;

/// <summary>What was asked of <c>weir capture</c>.</summary>
internal sealed record CaptureSettings
{
    public required string Interface { get; init; }

    /// <summary>An expression of pcap-filter(7), or nothing.</summary>
    public string Filter { get; init; } = "";

    public FileInfo? Write { get; init; }

    public FileInfo? Read { get; init; }

    public Rotation Rotation { get; init; }

    public int? Count { get; init; }

    public int? SnapLengthBytes { get; init; }

    public long? BufferBytes { get; init; }

    public string? ProcessName { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>A command and its arguments, whose traffic alone is wanted.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public bool IsJson { get; init; }

    public bool IsVerbose { get; init; }

    public bool Analyzes { get; init; }

    /// <summary>The conversation that is put together; null for none.</summary>
    public FollowTarget? Follow { get; init; }

    public FollowOutput FollowOutput { get; init; }

    public bool DrawsLadder { get; init; }

    /// <summary>Where to; the terminal when null.</summary>
    public FileInfo? LadderFile { get; init; }

    /// <summary>Whether only some processes' packets are wanted.</summary>
    public bool SelectsByOwner => ProcessName is not null || ProcessId is not null;
}
