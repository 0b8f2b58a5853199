using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary>The handlers that the command line offers.</summary>
internal enum ServeHandler
{
    Echo,
    Discard,
    Chargen,
    Daytime,
}

/// <summary>What <c>weir serve</c> was asked for.</summary>
internal sealed record ServeSettings
{
    public required IReadOnlyList<SocketUrl> Urls { get; init; }

    public ServeHandler Handler { get; init; }

    /// <summary>0 is one per core.</summary>
    public int Loops { get; init; }

    public LoopEngine Engine { get; init; }

    public LoopScheduling Scheduling { get; init; }

    public int MaxConnections { get; init; } = int.MaxValue;

    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where listeners are taken and offered; null for nowhere.</summary>
    public string? HandoverPath { get; init; }

    public bool Json { get; init; }
}
