namespace Weir.Packets.Analysis;

/// <summary>Why a connection was reset, as far as the packets show.</summary>
public enum ResetReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Answers a SYN: nothing listens there.</summary>
    PortClosed,

    /// <summary>Answers a SYN with SYN and ACK, whose connection this end does not want or know.</summary>
    HandshakeRefused,

    /// <summary>Answers data that came after this end had closed; nobody was left to read it.</summary>
    DataAfterClose,

    /// <summary>Answers a segment of a connection that this end does not know, or no longer.</summary>
    UnknownConnection,

    /// <summary>Closed without FIN after the peer had sent data: some of it was unread, or SO_LINGER was 0.</summary>
    UnreadData,

    /// <summary>Closed without FIN although the peer had sent nothing: SO_LINGER was 0, or the process was told to give up.</summary>
    Abort,

    /// <summary>Follows another reset of the same end.</summary>
    Repeated,
}
