using Weir.Sockets;

namespace Weir;

/// <summary>What is relayed: bytes, datagrams or packets. What comes in as one goes out as the same.</summary>
internal static class RelayKind
{
    private const string Bytes = "a stream of bytes";

    /// <exception cref="NotSupportedException">Two ends are of different kinds.</exception>
    public static void RequireOne(RelayOptions options)
    {
        string kind = KindOf(options.From);
        foreach (RelayEndpoint to in options.To)
        {
            if (KindOf(to) != kind)
                throw new NotSupportedException($"{options.From} has {kind} and {to} has {KindOf(to)}; a relay does not change one into the other");
        }

        bool hasHeaders = options.TakesProxyHeader || options.SendsProxyHeader != ProxyProtocol.None;
        if (hasHeaders && kind != Bytes)
            throw new NotSupportedException($"{options.From} has {kind}, and PROXY headers are at the beginning of streams");
    }

    // An inherited descriptor is taken for a stream's, like all that is no URL.
    private static string KindOf(RelayEndpoint endpoint) => endpoint.Url?.Scheme switch
    {
        SocketScheme.UnixPacket => "packets",
        { } scheme when scheme.IsDatagram() => "datagrams",
        _ => Bytes,
    };
}
