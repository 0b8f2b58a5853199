using System.Runtime.CompilerServices;
using Weir.Linux;

namespace Weir.Sockets.Tests;

/// <summary>xunit's assertions, and those about what the kernel answered.</summary>
internal sealed class Assert : Xunit.Assert
{
    /// <summary>The call's value; a failure shows the call and its errno.</summary>
    public static int Ok(SysResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (!result.IsOk)
            Fail($"{call}: {result.Errno}");
        return result.Value;
    }

    public static void Failed(Errno expected, SysResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result.Errno != expected)
            Fail($"{call}: {result}, not {expected}");
    }

    /// <summary>The call throws with this errno, under the operation's name.</summary>
    public static SocketCallException Fails(string operation, Errno errno, Action call)
    {
        SocketCallException exception = Throws<SocketCallException>(call);
        Equal((operation, errno), (exception.Operation, exception.Errno));
        return exception;
    }
}
