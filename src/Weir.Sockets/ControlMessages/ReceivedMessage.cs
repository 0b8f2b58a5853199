using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>What recvmsg(2) filled.</summary>
/// <param name="Bytes">Bytes of data.</param>
/// <param name="ControlBytes">Bytes of control messages.</param>
/// <param name="Flags">MSG_TRUNC, MSG_CTRUNC, MSG_EOR.</param>
public readonly record struct ReceivedMessage(int Bytes, int ControlBytes, int Flags)
{
    /// <summary>The message was longer than the buffer; the rest is lost.</summary>
    public bool IsTruncated => (Flags & MSG_TRUNC) != 0;

    /// <summary>Control messages were longer than their buffer; descriptors that did not fit are closed.</summary>
    public bool IsControlTruncated => (Flags & MSG_CTRUNC) != 0;
}
