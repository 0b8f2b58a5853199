using System.Net.Sockets;

namespace Weir.Sockets;

/// <summary>A host's name, or an interface's, for which there is no address.</summary>
public sealed class NameResolutionException : SocketException
{
    internal NameResolutionException(SocketUrl url, SocketError error, string reason, string tryThis)
        : base((int)error, $"resolve {url}: {reason}; {tryThis}") => Url = url;

    /// <summary>The address that was to be resolved.</summary>
    public SocketUrl Url { get; }
}
