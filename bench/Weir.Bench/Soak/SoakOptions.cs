namespace Weir.Bench;

/// <summary>How long, on what, and how much at most. Three client threads share the rates.</summary>
internal sealed record SoakOptions(TimeSpan Duration, LoopEngine Engine, int Seed)
{
    public const int ClientThreads = 3;
    public const int ConnectionsPerThread = 150;
    public const int BurstConnections = 100;
    public const int ConnectionsPerSecondAndThread = 200;
    public const int BytesPerSecondAndThread = 32 * 1024 * 1024;

    /// <summary>Small enough that the loops come to it.</summary>
    public const long BytesPerLoop = 8 * 1024 * 1024;

    public const int LoopsPerGroup = 2;

    /// <summary>What full collections may leave more than before.</summary>
    public const long ManagedGrowthLimitBytes = 8 * 1024 * 1024;

    /// <summary>A connection on which nothing has moved for this long, though it wants to, hangs.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(10);

    /// <summary>For the clients to end, and then for the server.</summary>
    public static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    /// <summary>For what is counted to come down to nothing.</summary>
    public static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(15);

    /// <summary>A round before anything is counted: what the runtime opens and compiles once is then there.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
}
