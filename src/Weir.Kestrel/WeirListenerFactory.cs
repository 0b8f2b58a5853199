using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>Binds Kestrel's endpoints, and ours by URL.</summary>
#pragma warning disable CS9113 // metrics are read from the moment somebody listens: being made is all that they need
internal sealed class WeirListenerFactory(TransportLoops loops, TransportMetrics metrics) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or UrlEndPoint
        || (endpoint is FileHandleEndPoint handle && handle.FileHandleType != FileHandleType.Pipe);

    /// <exception cref="AddressInUseException">Another socket has the address.</exception>
    /// <exception cref="SocketCallException">It cannot be listened on for another reason.</exception>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await WeirListener.BindAsync(endpoint, loops, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketCallException failure) when (failure.Errno is Errno.EADDRINUSE)
        {
            throw new AddressInUseException(failure.Message, failure);
        }
    }
}
