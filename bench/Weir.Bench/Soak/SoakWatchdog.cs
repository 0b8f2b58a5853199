using System.Diagnostics;

namespace Weir.Bench;

/// <summary>Looks once a second whether anything has moved, and names what was open when nothing has.</summary>
internal sealed class SoakWatchdog(SoakTally tally, SoakHandlers handlers)
{
    private const int MostDescribed = 5;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // A look that comes so late says that the machine stood still, and nothing about us.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(1.5);

    private readonly List<string> _still = [];

    public int StillSeconds { get; private set; }

    public IReadOnlyList<string> Described => _still;

    /// <summary>For this long, or until the task ends early.</summary>
    public async Task WatchAsync(TimeSpan duration, Task clients, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration && !clients.IsCompleted)
        {
            long lookedAt = Stopwatch.GetTimestamp();
            long before = tally.Moves;
            TimeSpan left = duration - Stopwatch.GetElapsedTime(start);
            await Task.Delay(left < s_interval ? left : s_interval, cancel);
            TimeSpan waited = Stopwatch.GetElapsedTime(lookedAt);
            if (tally.Moves == before && waited >= s_interval && waited < s_late)
                Note(Stopwatch.GetElapsedTime(start));
        }
    }

    private void Note(TimeSpan at)
    {
        if (++StillSeconds <= MostDescribed)
            _still.Add($"nothing moved in the second before {at.TotalSeconds:0.0} s; open handlers: {handlers.DescribeOpen()}; open clients: {tally.Open}");
    }
}
