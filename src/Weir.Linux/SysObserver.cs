namespace Weir.Linux;

/// <summary>
/// Sees every system call of this process that goes through <see cref="Sys"/>. Installed once, before the first call;
/// without one the JIT leaves no trace of the hook in the calls.
/// </summary>
public abstract class SysObserver
{
    private static SysObserver? s_pending;
    private static bool s_taken;
    private static readonly Lock s_lock = new();

    /// <summary>Before the call, on the calling thread.</summary>
    public abstract void Entering(in SysCallArguments call);

    /// <summary>After the call, on the same thread.</summary>
    /// <param name="call">The same arguments as <see cref="Entering"/> got; output buffers are now filled.</param>
    /// <param name="result">What the kernel answered.</param>
    public abstract void Completed(in SysCallArguments call, SysResult result);

    /// <summary>Installs the observer of this process.</summary>
    /// <exception cref="InvalidOperationException">A system call was made before, or an observer is installed.</exception>
    public static void Install(SysObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        lock (s_lock)
        {
            if (s_taken || s_pending is not null)
                throw new InvalidOperationException("An observer is installed once, before the first system call of the process.");
            s_pending = observer;
        }
    }

    /// <summary>Read once, when <see cref="Sys"/> is initialised: a constant from then on.</summary>
    internal static SysObserver? Take()
    {
        lock (s_lock)
        {
            s_taken = true;
            return s_pending;
        }
    }
}

/// <summary>One system call as the kernel gets it. Pointers are valid while the observer runs.</summary>
/// <param name="Number">The call's number on this machine; <see cref="NR.NameOf"/> names it.</param>
public readonly record struct SysCallArguments(int Number, nint A0, nint A1, nint A2, nint A3, nint A4, nint A5);
