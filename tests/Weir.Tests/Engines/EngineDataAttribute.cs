using System.Reflection;
using Weir.Sockets;
using Weir.Tests.Rings;
using Xunit.Sdk;

namespace Weir.Tests.Engines;

/// <summary>
/// Runs a test on every engine: on epoll with both schedulings over every stream family or those that are named, on uring without IPv6, which costs epoll's
/// tests half a minute; on the others, and on uring with what older kernels have of it, in one or two combinations.
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
        where RequiresUring.ReasonToSkip is null || !engine.StartsWith("uring", StringComparison.Ordinal)
        from combination in CombinationsOf(engine)
        select new object[] { new EngineCase(engine, combination.Scheduling, combination.Family) };

    private IEnumerable<(SocketScheme Family, LoopScheduling Scheduling)> CombinationsOf(string engine)
    {
        SocketScheme[] all = families.Length > 0 ? families : engine == "epoll" ? s_families : s_familiesOfOthers;
        LoopScheduling[] schedulings = InlineOnly ? [LoopScheduling.Inline] : [LoopScheduling.Inline, LoopScheduling.ThreadPool];
        (SocketScheme, LoopScheduling) first = (all[0], schedulings[0]);
        (SocketScheme, LoopScheduling) last = (all[^1], schedulings[^1]);
        return engine switch
        {
            "uring-6.6" => [first],
            "uring-6.1" => [last],
            "uring-5.15" or "poll" or "select" => new[] { first, last }.Distinct(),
            _ => from family in all from scheduling in schedulings select (family, scheduling),
        };
    }
}
