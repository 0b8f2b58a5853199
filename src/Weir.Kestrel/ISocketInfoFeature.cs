using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>What the kernel knows about a connection. Each property asks anew; on a closed connection they are null, or empty.</summary>
public interface ISocketInfoFeature
{
    /// <summary>Path, losses and bottleneck (TCP_INFO, tcp(7)); null on unix sockets.</summary>
    TcpInfo? TcpInfo { get; }

    /// <summary>Every place a byte of this connection can wait in on this machine.</summary>
    ConnectionQueues Queues { get; }

    /// <summary>Who is at the other end of a unix socket (SO_PEERCRED, unix(7)); null on TCP.</summary>
    ProcessCredentials? PeerCredentials { get; }

    /// <summary>Bytes received so far.</summary>
    long ReceivedBytes { get; }

    /// <summary>Bytes that the kernel took so far.</summary>
    long SentBytes { get; }
}
