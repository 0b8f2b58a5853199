using System.Reflection;
using Weir.Sockets;
using Xunit.Sdk;

namespace Weir.Tests.Engines;

/// <summary>
/// Runs a test on every engine, with both schedulings, over every stream family or those that are named. All but epoll leave IPv6 out: above
/// the poller nothing knows the family, which costs epoll's tests half a minute, and would cost theirs another. Uring runs as well with
/// what older kernels have of it, one scheduling for each family.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineDataAttribute(params SocketScheme[] families) : DataAttribute
{
    private static readonly string[] s_engines = ["epoll", "uring", "uring-6.6", "uring-6.1", "uring-5.15", "poll", "select"];
    private static readonly SocketScheme[] s_familiesOfOthers = [SocketScheme.Tcp4, SocketScheme.Unix];
    private static readonly SocketScheme[] s_families = [SocketScheme.Tcp4, SocketScheme.Tcp6, SocketScheme.Unix];

    /// <summary>Only the scheduling that runs handlers on the loop's own thread, for what the other cannot show.</summary>
    public bool InlineOnly { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from engine in s_engines
        from family in families.Length > 0 ? families : engine == "epoll" ? s_families : s_familiesOfOthers
        from scheduling in SchedulingsOf(engine, family)
        select new object[] { new EngineCase(engine, scheduling, family) };

    private LoopScheduling[] SchedulingsOf(string engine, SocketScheme family)
    {
        if (InlineOnly)
            return [LoopScheduling.Inline];
        if (!engine.Contains('-', StringComparison.Ordinal))
            return [LoopScheduling.Inline, LoopScheduling.ThreadPool];
        return [family == SocketScheme.Unix ? LoopScheduling.ThreadPool : LoopScheduling.Inline];
    }
}
