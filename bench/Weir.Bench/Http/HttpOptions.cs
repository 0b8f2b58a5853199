using System.Text.Json.Serialization;

namespace Weir.Bench;

internal sealed record HttpOptions(
    IReadOnlyList<string> Workloads,
    bool WorkloadsNamed,
    IReadOnlyList<int> IdleConnections,
    int Runs,
    int WarmupSeconds,
    int Seconds,
    bool Quick)
{
    public const double DefaultSeconds = 3;

    // The .NET servers' code is compiled for good after four.
    public const double DefaultWarmupSeconds = 5;

    public static IReadOnlyList<int> DefaultIdleConnections { get; } = [2000, 15000];

    public static IReadOnlyList<int> QuickIdleConnections { get; } = [100, 600];

    [JsonIgnore]
    public bool MeasuresIdle => Workloads.Contains(HttpWorkloadTable.Idle);

    public void Validate() => Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);

    /// <summary>wrk and h2load run for whole seconds.</summary>
    public static int WholeSeconds(string option, double seconds, bool quick) => quick
        ? (int)Math.Ceiling(seconds)
        : seconds == Math.Floor(seconds)
            ? (int)seconds
            : throw new BenchException($"{option} {seconds}: wrk and h2load run for whole seconds");
}
