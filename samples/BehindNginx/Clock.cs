using System.Runtime.CompilerServices;

/// <summary>A number every tenth of a second, until nobody listens any more.</summary>
internal static class Clock
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    public static async IAsyncEnumerable<int> TickAsync([EnumeratorCancellation] CancellationToken gone)
    {
        using var timer = new PeriodicTimer(s_tick);
        for (int number = 1; ; number++)
        {
            yield return number;
            await timer.WaitForNextTickAsync(gone);
        }
    }
}
