using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A connection as the transport accepts it, nobody's but the test's, and its client.</summary>
internal sealed class ConnectedPair : IAsyncDisposable
{
    private readonly TransportRig _rig;
    private readonly IConnectionListener _listener;

    private ConnectedPair(TransportRig rig, IConnectionListener listener, ConnectionContext connection, RawClient client)
    {
        _rig = rig;
        _listener = listener;
        Connection = connection;
        Client = client;
    }

    public ConnectionContext Connection { get; }

    public RawClient Client { get; }

    public TransportRig Rig => _rig;

    public static async Task<ConnectedPair> CreateAsync(TransportCase transport, EndPoint? endPoint = null)
    {
        TransportRig rig = TransportRig.Create(transport);
        IConnectionListener listener = await rig.Listeners.BindAsync(endPoint ?? new IPEndPoint(IPAddress.Loopback, port: 0));
        EndPoint bound = listener.EndPoint;
        var socket = new Socket(bound.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(bound).WaitAsync(Deadline.Generous);
        ConnectionContext connection = (await listener.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;
        return new ConnectedPair(rig, listener, connection, new RawClient(socket));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
        await _listener.DisposeAsync();
        await _rig.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
    }
}
