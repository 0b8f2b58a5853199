using System.Reflection;
using Weir.Sockets;
using Weir.Tests.Engines;
using Xunit.Sdk;

namespace Weir.Tests.Rings;

/// <summary>Runs a test on uring alone: with what this kernel has of it, and with what older ones have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RingDataAttribute : DataAttribute
{
    private static readonly string[] s_engines = ["uring", "uring-6.6", "uring-6.1", "uring-5.15"];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from engine in s_engines
        from scheduling in new[] { LoopScheduling.Inline, LoopScheduling.ThreadPool }
        select new object[] { new EngineCase(engine, scheduling, scheduling == LoopScheduling.Inline ? SocketScheme.Tcp4 : SocketScheme.Unix) };
}
