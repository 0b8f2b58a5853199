using Weir.Sockets;

namespace Weir;

/// <summary>What serves each kind of socket; a server takes only URLs whose kind has a handler.</summary>
public sealed record ServerHandlers
{
    /// <summary>For tcp, tcp4, tcp6 and unix: serves one connection, which is closed when the task ends and reset when it fails.</summary>
    public Func<Connection, Task>? Connections { get; init; }

    /// <summary>For unixpacket: serves one connection, which is closed when the task ends.</summary>
    public Func<MessageChannel, Task>? Messages { get; init; }

    /// <summary>
    /// For udp, udp4, udp6 and unixgram: serves one bound socket until <see cref="ReceivedDatagrams.IsEnd"/>. UDP has a socket per loop, among
    /// which the kernel spreads the senders (SO_REUSEPORT). A handler that fails is started again.
    /// </summary>
    public Func<DatagramChannel, Task>? Datagrams { get; init; }

    internal void RequireFor(SocketScheme scheme, SocketUrl url)
    {
        (bool isThere, string kind) = scheme switch
        {
            SocketScheme.UnixPacket => (Messages is not null, "messages"),
            _ when scheme.IsDatagram() => (Datagrams is not null, "datagrams"),
            _ => (Connections is not null, "stream connections"),
        };
        if (!isThere)
            throw new NotSupportedException($"{url}: nothing here serves {kind} ({scheme.Name()})");
    }
}
