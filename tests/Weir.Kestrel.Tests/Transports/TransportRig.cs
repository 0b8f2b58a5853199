using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A transport without a server: what it binds, accepts and connects is the test's.</summary>
internal sealed class TransportRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TransportRig(ServiceProvider services) => _services = services;

    public IConnectionListenerFactory Listeners => _services.GetServices<IConnectionListenerFactory>().Last();

    public IConnectionFactory Connections => _services.GetRequiredService<IConnectionFactory>();

    public IServiceProvider Services => _services;

    public static TransportRig Create(TransportCase transport, Action<IServiceCollection>? add = null)
    {
        ServiceCollection services = [];
        if (transport.IsOurs)
        {
            services.AddWeirTransport(transport.Apply);
        }
        else
        {
            services.AddLogging();
            services.AddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
            services.AddSingleton<IConnectionFactory, DefaultConnections>();
        }

        add?.Invoke(services);
        return new TransportRig(services.BuildServiceProvider());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // The default transport's client side is public, and is no IConnectionFactory.
    [SuppressMessage("Performance", "CA1812", Justification = "the container makes it")]
    private sealed class DefaultConnections(Microsoft.Extensions.Logging.ILoggerFactory logging) : IConnectionFactory
    {
        private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), logging.CreateLogger("connections"));

        public async ValueTask<ConnectionContext> ConnectAsync(System.Net.EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var socket = new System.Net.Sockets.Socket(endpoint.AddressFamily, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await socket.ConnectAsync(endpoint, cancellationToken);
            return _contexts.Create(socket);
        }
    }
}
