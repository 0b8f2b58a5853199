namespace Weir;

/// <summary>What kind of thing happened to a server.</summary>
public enum ServerEventKind
{
    /// <summary>No descriptors left (EMFILE, ENFILE): accepting pauses until some are closed.</summary>
    OutOfDescriptors,

    /// <summary>The kernel has no memory for another socket (ENOBUFS, ENOMEM, ENOSPC).</summary>
    OutOfMemory,

    /// <summary>The listening socket itself is out of order (EINVAL, EBADF), as one that somebody else has shut down; it is tried again.</summary>
    ListenerFailed,

    /// <summary><see cref="ServerOptions.MaxConnections"/> is reached: further connections wait in the kernel's queue.</summary>
    ConnectionLimit,

    /// <summary>A handler threw; its connection was reset.</summary>
    HandlerFailed,

    /// <summary>A handler holds its loop for too long.</summary>
    LoopStalled,

    /// <summary>A relay's backend does not answer: it is passed over and probed. Said each time.</summary>
    BackendDown,

    /// <summary>A backend that was down answers again. Said each time.</summary>
    BackendBack,

    /// <summary>None of a relay's backends answers: a client was reset.</summary>
    NoBackend,

    /// <summary>A relay's client did not begin with the PROXY header that was expected, and was reset.</summary>
    ProxyHeaderRejected,

    /// <summary>A TLS handshake of a relay, with a client or a backend, failed or took too long.</summary>
    TlsFailed,

    /// <summary>A relay's command has ended with exit status 0. Said each time.</summary>
    ChildEnded,

    /// <summary>A relay's command has ended with another exit status, or by a signal. Said each time.</summary>
    ChildFailed,

    /// <summary>What is read or written beside a relay's connections, such as standard output or a file, failed.</summary>
    StreamFailed,

    /// <summary>A datagram or message was longer than is received here, and its end is lost.</summary>
    MessageTruncated,

    /// <summary>A process that asked for the listeners did not get them, or did not take them: this one goes on.</summary>
    HandoverFailed,

    /// <summary>A collector's output takes nothing, as a full disk or a peer that is away: reading pauses. Said once each time.</summary>
    OutputWaits,

    /// <summary>A collector's output takes records again.</summary>
    OutputGoesOn,

    /// <summary>A collector's file could not be renamed or opened anew; it is written on.</summary>
    RotationFailed,

    /// <summary>A collector cut a line that was longer than <see cref="CollectorOptions.MaxLineBytes"/>, or got a datagram that the kernel had cut.</summary>
    RecordCut,

    /// <summary>A collector's peer cannot take some records, and they are lost: a datagram is too long, or nobody receives it.</summary>
    RecordsLost,

    /// <summary>The kernel dropped datagrams, because a collector's receive buffer was full.</summary>
    DatagramsDropped,

    /// <summary>A peer of a collector sent what is no record; its connection was reset.</summary>
    BadRecord,
}

/// <summary>Something an operator should know. Each kind, and each type of exception, is reported once, and again after a minute without it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Exception">The handler's, when there is one.</param>
public readonly record struct ServerEvent(ServerEventKind Kind, string Message, Exception? Exception = null);
