using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Middleware;

/// <summary>What a connection offers to whoever serves it without HTTP.</summary>
public sealed class ConnectionFeaturesTests
{
    [Theory]
    [TransportData]
    public async Task EveryFeatureOfTheDefault_IsThere(TransportCase transport)
    {
        IEnumerable<string> expected = await NamesAsync(TransportCase.Default);

        IEnumerable<string> names = await NamesAsync(transport);

        Assert.Empty(expected.Except(names));
        Assert.Contains(nameof(IConnectionSocketFeature), names);
        Assert.Contains(nameof(IConnectionLifetimeNotificationFeature), names);
    }

    [Theory]
    [TransportData]
    public async Task FeaturesOfTheTransport_AnswerForThisConnection(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            IFeatureCollection features = connection.Features;
            Assert.Equal(connection.ConnectionId, features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
            Assert.Same(connection.Transport, features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
            Assert.Same(connection.Items, features.GetRequiredFeature<IConnectionItemsFeature>().Items);
            Assert.Equal(connection.ConnectionClosed, features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed);
            Socket socket = features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            Assert.Equal(connection.RemoteEndPoint, socket.RemoteEndPoint);
            using (IMemoryOwner<byte> memory = features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool.Rent(100))
                Assert.InRange(memory.Memory.Length, 100, int.MaxValue);
            await connection.Transport.Output.WriteAsync("all as said"u8.ToArray());
        });
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal("all as said", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AFeature_CanBeAdded_Replaced_AndTakenAway(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            IFeatureCollection features = connection.Features;
            int before = features.Revision;
            features.Set("a feature");
            Assert.NotEqual(before, features.Revision);
            Assert.Equal("a feature", features.Get<string>());
            Assert.Contains(features, feature => feature.Key == typeof(string));
            features.Set<string>(null);
            Assert.Null(features[typeof(string)]);
            Assert.DoesNotContain(features, feature => feature.Key == typeof(string));
            var own = new OwnId { ConnectionId = "own" };
            features.Set<IConnectionIdFeature>(own);
            Assert.Same(own, features.Get<IConnectionIdFeature>());
            connection.Items["key"] = "value";
            Assert.Equal("value", features.GetRequiredFeature<IConnectionItemsFeature>().Items["key"]);
            await connection.Transport.Output.WriteAsync("all as said"u8.ToArray());
        });
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal("all as said", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AStop_IsAnnounced_AndWaitsForTheHandler(TransportCase transport)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            var notification = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
            notification.ConnectionClosedRequested.Register(asked.SetResult);
            await connection.Transport.Output.WriteAsync("open"u8.ToArray());
            await asked.Task;
            await connection.Transport.Output.WriteAsync(", and closed"u8.ToArray());
        });
        using RawClient client = await rig.ConnectAsync();
        await client.ReadUntilAsync("open");

        Task stopping = rig.Web.Application.StopAsync();

        Assert.Equal(", and closed", await client.ReadToEndAsync());
        client.FinishSending();
        await stopping.InTime();
        Assert.DoesNotContain(rig.Web.Log, line => line.Event == "NotAllConnectionsClosedGracefully");
    }

    [Theory]
    [TransportData]
    public async Task TheEndOfAConnection_IsToldToWhoAsked(TransportCase transport)
    {
        TaskCompletionSource<object> completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, connection =>
        {
            connection.Features.GetRequiredFeature<IConnectionCompleteFeature>().OnCompleted(
                state =>
                {
                    completed.SetResult(state);
                    return Task.CompletedTask;
                },
                state: "told");
            return Task.CompletedTask;
        });
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal("told", await completed.Task.InTime());
    }

    [Fact]
    public Task TheHeartbeat_Beats() => OnEach.TransportAsync(async transport =>
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            TaskCompletionSource beat = new(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.Features.GetRequiredFeature<IConnectionHeartbeatFeature>().OnHeartbeat(_ => beat.TrySetResult(), state: "");
            await beat.Task;
            await connection.Transport.Output.WriteAsync("beat"u8.ToArray());
        });
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal("beat", await client.ReadToEndAsync());
    });

    private static async Task<IEnumerable<string>> NamesAsync(TransportCase transport)
    {
        TaskCompletionSource<IEnumerable<string>> names = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, connection =>
        {
            names.SetResult(connection.Features.Select(feature => feature.Key.Name).Order(StringComparer.Ordinal).ToArray());
            return Task.CompletedTask;
        });
        using RawClient client = await rig.ConnectAsync();
        return await names.Task.InTime();
    }

    private sealed class OwnId : IConnectionIdFeature
    {
        public required string ConnectionId { get; set; }
    }
}
