using System.Runtime.CompilerServices;

namespace Weir.Linux.Tests.Kernel;

/// <summary>xunit's assertions and two about what the kernel answered.</summary>
internal sealed class Assert : Xunit.Assert
{
    /// <summary>The call's value; a failure shows the call and its errno.</summary>
    public static int Ok(SysResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (!result.IsOk)
            Fail($"{call}: {result.Errno}");
        return result.Value;
    }

    public static void Error(Errno expected, SysResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result.Errno != expected)
            Fail($"{call}: {result}, not {expected}");
    }
}
