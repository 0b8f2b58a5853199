using System.Runtime.CompilerServices;

namespace Weir.Loops;

/// <summary>Awaited, it goes on on the loop's thread: at once when that is the current one.</summary>
internal readonly struct LoopSwitch(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => loop.IsCurrent;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => loop.Post(new Continuation(continuation));

    public void UnsafeOnCompleted(Action continuation) => loop.Post(new Continuation(continuation));

    private sealed class Continuation(Action action) : ILoopWork
    {
        public void RunOnLoop() => action();
    }
}
