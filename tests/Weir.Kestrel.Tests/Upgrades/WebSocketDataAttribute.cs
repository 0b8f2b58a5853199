using System.Reflection;
using Weir.Kestrel.Tests.Transports;
using Xunit.Sdk;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>Runs a test on each transport, and on each with HTTP/1.1 and HTTP/2 below the WebSocket.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WebSocketDataAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from transport in TransportCase.All
        from version in new[] { "1.1", "2.0" }
        select new object[] { transport, version };
}
