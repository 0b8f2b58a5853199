using Weir.Inspect.Tracing;
using Xunit;

namespace Weir.Inspect.Tests.Tracing;

/// <summary>A fact that is skipped, with the reason, where a command can't be traced.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TraceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_reason = new(static () =>
    {
        try
        {
            using var trace = CommandTrace.Start();
            return null;
        }
        catch (TraceException refused)
        {
            return refused.Message;
        }
    });

    public TraceFactAttribute()
    {
        // Root on an unknown machine may lack it; a program that the verifier refuses is a fault.
        if (s_reason.Value is string reason && !reason.Contains("BPF_PROG_LOAD", StringComparison.Ordinal))
            Skip = reason;
    }
}
