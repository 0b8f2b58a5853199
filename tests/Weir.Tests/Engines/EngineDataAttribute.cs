using System.Reflection;
using Weir.Sockets;
using Xunit.Sdk;

namespace Weir.Tests.Engines;

/// <summary>Runs a test on every engine, with both schedulings, over every stream family or those that are named.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineDataAttribute(params SocketScheme[] families) : DataAttribute
{
    private static readonly string[] s_engines = ["epoll"];
    private static readonly SocketScheme[] s_families = [SocketScheme.Tcp4, SocketScheme.Tcp6, SocketScheme.Unix];

    /// <summary>Only the scheduling that runs handlers on the loop's own thread, for what the other cannot show.</summary>
    public bool InlineOnly { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from engine in s_engines
        from scheduling in InlineOnly ? [LoopScheduling.Inline] : new[] { LoopScheduling.Inline, LoopScheduling.ThreadPool }
        from family in families.Length > 0 ? families : s_families
        select new object[] { new EngineCase(engine, scheduling, family) };
}
