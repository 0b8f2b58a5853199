using System.Reflection;
using Microsoft.AspNetCore.Http.Connections;
using Weir.Kestrel.Tests.Transports;
using Xunit.Sdk;

namespace Weir.Kestrel.Tests.SignalR;

/// <summary>Runs a test on each transport, with each way in which SignalR moves its messages.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HubDataAttribute : DataAttribute
{
    /// <summary>Without long polling, whose requests are short and begun again.</summary>
    public bool StreamsOnly { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from transport in TransportCase.All
        from wire in new[] { HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling }
        where !StreamsOnly || wire != HttpTransportType.LongPolling
        select new object[] { transport, wire };
}
