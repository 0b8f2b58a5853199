namespace Weir.Bench;

/// <summary>All that a run found. This is the object that --json prints.</summary>
internal sealed record ManyReport(
    string Benchmark,
    DateTimeOffset StartedAt,
    string Command,
    Machine Machine,
    string Engine,
    int Connections,
    int ServerProcesses,
    int ClientProcesses,
    int Opened,
    int Answered,
    int Wrong,
    int LeftDescriptors,
    double OpenSeconds,
    double AnswerSeconds,
    double CloseSeconds,
    ManyMemory Idle,
    ManyMemory Touched)
{
    public bool IsRight => Opened == Connections && Answered == Connections && Wrong == 0 && LeftDescriptors == 0;
}

/// <summary>More than before the first connection, over all connections.</summary>
/// <param name="KernelBytesPerConnection">Of both ends, which are on this machine.</param>
internal sealed record ManyMemory(double ServerRssAnonBytesPerConnection, double KernelBytesPerConnection);
