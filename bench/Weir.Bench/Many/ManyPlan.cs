namespace Weir.Bench;

/// <summary>How many processes it takes, as each may have so many descriptors only.</summary>
internal static class ManyPlan
{
    public const int DefaultConnections = 100_000;
    public const int MostConnections = 1_000_000;
    public const int MostPerProcess = 15_000;

    /// <summary>The same number in each, or one less; the first of each follows the last of the one before.</summary>
    public static IReadOnlyList<(int First, int Count)> Split(int connections)
    {
        int processes = ProcessesFor(connections);
        return
        [
            .. Enumerable.Range(0, processes).Select(process =>
            {
                int first = Start(process);
                return (first, Start(process + 1) - first);
            }),
        ];

        int Start(int process) => (int)((long)connections * process / processes);
    }

    public static int ProcessesFor(int connections) => (connections + MostPerProcess - 1) / MostPerProcess;
}
