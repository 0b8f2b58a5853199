using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>What a connection offers to middleware, and what middleware may do to it.</summary>
public sealed class FeatureTests
{
    [Theory]
    [TransportData(OursOnly = true)]
    public async Task EveryFeatureOfTheDefaultTransport_IsThere(TransportCase transport)
    {
        await using ConnectedPair theirs = await ConnectedPair.CreateAsync(TransportCase.Default);
        await using ConnectedPair ours = await ConnectedPair.CreateAsync(transport);

        Type[] expected = [.. theirs.Connection.Features.Select(feature => feature.Key)];
        Assert.NotEmpty(expected);
        Assert.Superset(expected.ToHashSet(), ours.Connection.Features.Select(feature => feature.Key).ToHashSet());
        Assert.All(expected, type => Assert.IsAssignableFrom(type, ours.Connection.Features[type]));
        // The default transport tells endpoints by the connection's properties alone.
        Assert.Equal(
            [typeof(IConnectionEndPointFeature), typeof(ISocketInfoFeature)], ours.Connection.Features.Select(feature => feature.Key).Except(expected));
    }

    [Theory]
    [TransportData]
    public async Task Features_CanBeAddedReplacedAndRemoved(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        IFeatureCollection features = pair.Connection.Features;
        int revision = features.Revision;
        Assert.False(features.IsReadOnly);

        features.Set<IMark>(new Mark("set"));
        Assert.Equal("set", features.Get<IMark>()?.Name);
        Assert.Single(features, feature => feature.Key == typeof(IMark));
        features[typeof(IMark)] = new Mark("replaced");
        Assert.Equal("replaced", features.GetRequiredFeature<IMark>().Name);
        Assert.True(features.Revision > revision);
        features.Set<IMark>(null);
        Assert.Null(features.Get<IMark>());
        Assert.DoesNotContain(features, feature => feature.Key == typeof(IMark));

        features.Set<IConnectionIdFeature>(new OtherId());
        Assert.Equal("other", features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
        Assert.Single(features, feature => feature.Key == typeof(IConnectionIdFeature));
        features.Set<IMemoryPoolFeature>(null);
        Assert.Null(features.Get<IMemoryPoolFeature>());
        Assert.Null(features.Get<IAsyncDisposable>());
    }

    [Theory]
    [TransportData]
    public async Task AFeature_AndTheConnection_ShowTheSame(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        ConnectionContext connection = pair.Connection;
        IFeatureCollection features = connection.Features;

        Assert.Equal(connection.ConnectionId, features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
        Assert.Same(connection.Transport, features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
        Assert.Same(connection.Items, features.GetRequiredFeature<IConnectionItemsFeature>().Items);
        Assert.Equal(connection.ConnectionClosed, features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed);
        connection.Items["key"] = "value";
        Assert.Equal("value", features.GetRequiredFeature<IConnectionItemsFeature>().Items["key"]);
        using IMemoryOwner<byte> memory = features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool.Rent();
        Assert.InRange(memory.Memory.Length, 1, int.MaxValue);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task EndPoints_AreAFeatureToo(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        IConnectionEndPointFeature endPoints = pair.Connection.Features.GetRequiredFeature<IConnectionEndPointFeature>();

        Assert.Same(pair.Connection.LocalEndPoint, endPoints.LocalEndPoint);
        Assert.Same(pair.Connection.RemoteEndPoint, endPoints.RemoteEndPoint);
        endPoints.RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), port: 7);
        Assert.Equal("192.0.2.1:7", pair.Connection.RemoteEndPoint?.ToString());
    }

    [Theory]
    [TransportData]
    public async Task Ids_AreStableAndDifferent(TransportCase transport)
    {
        await using ConnectedPair first = await ConnectedPair.CreateAsync(transport);
        await using ConnectedPair second = await ConnectedPair.CreateAsync(transport);

        string id = first.Connection.ConnectionId;
        Assert.Matches("^[0-9A-V]{13}$", id);
        Assert.Equal(id, first.Connection.ConnectionId);
        Assert.NotEqual(id, second.Connection.ConnectionId);
        first.Connection.ConnectionId = "mine";
        Assert.Equal("mine", first.Connection.ConnectionId);
    }

    [Theory]
    [TransportData]
    public async Task AReplacedTransport_LeavesTheOriginalToBeCompletedAtTheEnd(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        IDuplexPipe original = pair.Connection.Transport;
        await original.Output.WriteAsync("before"u8.ToArray());

        pair.Connection.Transport = new Nowhere();
        pair.Client.FinishSending();
        await pair.Connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        Assert.Equal("before", await pair.Client.ReadToEndAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await original.Input.ReadAsync());
        Assert.Throws<InvalidOperationException>(() => original.Output.GetMemory());
    }

    [Theory]
    [TransportData]
    public async Task TheSocket_TakesOptions(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        Socket socket = pair.Connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

        Assert.Same(socket, pair.Connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
        Assert.True(socket.NoDelay);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(pair.Client.Socket.LocalEndPoint, socket.RemoteEndPoint);
        Assert.Equal(pair.Client.Socket.RemoteEndPoint, socket.LocalEndPoint);
    }

    private interface IMark
    {
        string Name { get; }
    }

    private sealed record Mark(string Name) : IMark;

    private sealed class OtherId : IConnectionIdFeature
    {
        public string ConnectionId { get; set; } = "other";
    }

    private sealed class Nowhere : IDuplexPipe
    {
        private readonly Pipe _pipe = new();

        public PipeReader Input => _pipe.Reader;

        public PipeWriter Output => _pipe.Writer;
    }
}
