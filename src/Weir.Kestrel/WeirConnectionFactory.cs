using System.Net;
using Microsoft.AspNetCore.Connections;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>Connects, for clients that are built on ASP.NET Core's connections.</summary>
internal sealed class WeirConnectionFactory(TransportLoops loops) : IConnectionFactory
{
    private readonly ContextOwner _owner = new(loops);

    /// <exception cref="SocketCallException">Nobody answers.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        SocketUrl url = loops.Options.Complete(EndPoints.ToConnectingUrl(endpoint), isListening: false);
        var options = new ConnectorOptions { Connection = loops.ConnectionOptions };
        Connection connection = await Connector.ConnectAsync(url, options, loops.Group.LeastLoaded(), cancellationToken, _owner).ConfigureAwait(false);
        return ContextOwner.Of(connection);
    }
}
