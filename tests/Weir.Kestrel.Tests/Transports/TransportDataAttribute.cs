using System.Reflection;
using Xunit.Sdk;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>Runs a test on the default transport and on ours, with the same assertions.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TransportDataAttribute : DataAttribute
{
    /// <summary>For what only our transport has.</summary>
    public bool OursOnly { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        TransportCase.All.Where(transport => transport.IsOurs || !OursOnly).Select(transport => new object[] { transport });
}
