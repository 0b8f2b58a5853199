using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Weir.Testing;

/// <summary>Waits for what another thread, process or the kernel brings about and no event announces.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Returns when the condition holds; fails with its text when the deadline has passed.</summary>
    public static async Task True(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        TimeSpan limit = deadline ?? Deadline.Generous;
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                throw new XunitException($"after {limit.TotalSeconds:0.#} s still not true: {text}");
            await Task.Delay(s_pause, TimeProvider.System);
        }
    }
}
