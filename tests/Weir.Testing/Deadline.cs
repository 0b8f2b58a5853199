namespace Weir.Testing;

/// <summary>How long tests wait for what must happen. Long, because only a failure ever waits that long.</summary>
public static class Deadline
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>The task's result, or a TimeoutException at the deadline.</summary>
    public static Task<T> InTime<T>(this Task<T> task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Generous);

    /// <inheritdoc cref="InTime{T}"/>
    public static Task InTime(this Task task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Generous);
}
