using System.Reflection;
using Xunit.Sdk;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>Runs a test on the default transport and on ours, with the same assertions.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TransportDataAttribute : DataAttribute
{
    /// <summary>For what only our transport has.</summary>
    public bool OursOnly { get; set; }

    /// <summary>
    /// For what takes long and depends on the engine little: the default transport, epoll with both schedulings, and poll, whose levels
    /// select has as well.
    /// </summary>
    public bool Few { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        (Few ? TransportCase.Few : TransportCase.All)
            .Where(transport => transport.IsOurs || !OursOnly)
            .Select(transport => new object[] { transport });
}
