using System.Diagnostics.CodeAnalysis;

namespace Weir;

/// <summary>
/// A lock of four bytes for a few dozen instructions: no system call, no handler and no wait inside. Whoever finds it taken
/// spins and gives up the core between tries. Not for a readonly field, and not reentrant.
/// </summary>
internal struct BriefLock
{
    private int _taken;

    [UnscopedRef]
    public Scope Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
            WaitAndEnter();
        return new Scope(ref _taken);
    }

    private void WaitAndEnter()
    {
        SpinWait spin = default;
        do
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }

    public readonly ref struct Scope
    {
        private readonly ref int _taken;

        public Scope(ref int taken) => _taken = ref taken;

        public void Dispose() => Volatile.Write(ref _taken, 0);
    }
}
