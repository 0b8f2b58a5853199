namespace Weir.Kestrel.Tests.Transports;

/// <summary>Something that happens a number of times, in any order and on any thread.</summary>
internal sealed class Countdown(int times)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = times;

    /// <summary>Ends when it has happened often enough.</summary>
    public Task Done => _done.Task;

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.SetResult();
    }
}
