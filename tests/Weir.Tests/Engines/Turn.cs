using Weir.Loops;

namespace Weir.Tests.Engines;

/// <summary>Waits for a loop without waiting for time.</summary>
internal static class Turn
{
    /// <summary>Ends when the loop has done what was asked of it before.</summary>
    public static Task AfterAsync(EventLoop loop)
    {
        var mark = new Mark();
        loop.Post(mark);
        return mark.Reached.Task;
    }

    private sealed class Mark : ILoopWork
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void RunOnLoop() => Reached.SetResult();
    }
}
