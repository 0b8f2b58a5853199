namespace Weir.Packets.Dissection;

/// <summary>The bits of a TCP header (RFC 9293, section 3.1).</summary>
[Flags]
public enum TcpFlags
{
    None = 0,
    Fin = 0x001,
    Syn = 0x002,
    Rst = 0x004,
    Psh = 0x008,
    Ack = 0x010,
    Urg = 0x020,

    /// <summary>Congestion was experienced on the way here (RFC 3168).</summary>
    Ece = 0x040,

    /// <summary>The sender has slowed down (RFC 3168).</summary>
    Cwr = 0x080,

    /// <summary>Accurate ECN (RFC 9768); once the nonce sum.</summary>
    Ae = 0x100,
}
