using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Weir.Linux;

/// <summary>
/// System calls. All of them go through <see cref="Call"/>, the one funnel and the only imported function of Weir:
/// syscall(2). No call is retried, no error is hidden, nothing throws.
/// </summary>
public static unsafe partial class Sys
{
    // Read once before the first call. Null is a constant to the optimising JIT, which then drops the branch.
    private static readonly SysObserver? s_observer = SysObserver.Take();

    // syscall(2) takes a variable number of arguments; both ABIs pass six of them as they pass fixed ones.
    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SysResult Call(int number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0)
    {
        if (s_observer is not null)
            return Observed(s_observer, number, a0, a1, a2, a3, a4, a5);

        nint value = syscall(number, a0, a1, a2, a3, a4, a5);
        return value >= 0 ? new SysResult(value) : LastError();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SysResult LastError() => SysResult.Failed((Errno)Marshal.GetLastSystemError());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SysResult Observed(SysObserver observer, int number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5)
    {
        var arguments = new SysCallArguments(number, a0, a1, a2, a3, a4, a5);
        observer.Entering(in arguments);
        nint value = syscall(number, a0, a1, a2, a3, a4, a5);
        SysResult result = value >= 0 ? new SysResult(value) : LastError();
        observer.Completed(in arguments, result);
        return result;
    }
}
