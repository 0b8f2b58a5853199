using System.Runtime.CompilerServices;

namespace Weir.Linux.Probe;

/// <summary>The method whose machine code is looked at. The call is inlined into it, hook or no hook.</summary>
internal static class HotPath
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Errno CloseNothing() => Sys.Close(-1).Errno;
}
