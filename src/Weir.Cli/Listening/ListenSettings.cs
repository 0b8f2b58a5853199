using Weir.Sockets;

namespace Weir.Cli.Listening;

/// <summary>What <c>weir listen</c> was asked for.</summary>
internal sealed record ListenSettings
{
    public required IReadOnlyList<SocketUrl> Urls { get; init; }

    public ListenTarget Target { get; init; } = ListenTarget.StandardOutput;

    public RecordFraming Framing { get; init; }

    public int MaxLineBytes { get; init; }

    /// <summary>0 is never.</summary>
    public long RotateBytes { get; init; }

    public int KeepFiles { get; init; }

    /// <summary>0 is one per core.</summary>
    public int Loops { get; init; }

    public LoopEngine Engine { get; init; }

    public int MaxConnections { get; init; } = int.MaxValue;

    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    public TimeSpan DrainTimeout { get; init; }

    /// <summary>Where listeners are taken and offered; null for nowhere.</summary>
    public string? HandoverPath { get; init; }

    public bool Json { get; init; }
}
