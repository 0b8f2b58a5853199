namespace Weir;

/// <summary>How a listener spreads and limits what it accepts.</summary>
public sealed record ListenerOptions
{
    public static ListenerOptions Default { get; } = new();

    /// <summary>
    /// One loop accepts and hands connections to the least loaded, the way unix listeners always do. By default TCP has a socket
    /// per loop on the same port (SO_REUSEPORT), and the kernel spreads connections.
    /// </summary>
    public bool SingleAcceptor { get; init; }

    /// <summary>For each accepted connection.</summary>
    public ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>For each accepted unixpacket connection.</summary>
    public MessageOptions Messages { get; init; } = MessageOptions.Default;

    /// <summary>For each bound datagram socket. One that is bound to every address tells destinations, so that it can answer from them.</summary>
    public DatagramOptions Datagrams { get; init; } = DatagramOptions.Default;
}
