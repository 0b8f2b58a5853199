using Weir.Sockets;

namespace Weir;

/// <summary>What a PROXY header says.</summary>
/// <param name="Source">Where the client is; the default value when the header does not say.</param>
/// <param name="Destination">Where the client connected to; the default value when the header does not say.</param>
internal readonly record struct ProxyHeader(KernelAddress Source, KernelAddress Destination)
{
    /// <summary>The longest line of version 1, its CR LF included.</summary>
    public const int MaxV1Bytes = 107;

    /// <summary>The longest header of version 2 that is taken; its length field could say 65,551.</summary>
    public const int MaxV2Bytes = 4096;

    /// <summary>The longest header that is written: version 2 with two unix addresses.</summary>
    public const int MaxWrittenBytes = V2FixedBytes + (2 * UnixNameBytes);

    internal const int V2FixedBytes = 16;
    internal const int UnixNameBytes = 108;
    internal const byte Version2 = 0x20;
    internal const byte Local = 0;
    internal const byte Proxied = 1;

    internal static ReadOnlySpan<byte> V1Beginning => "PROXY "u8;

    internal static ReadOnlySpan<byte> V2Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>False when a proxy speaks for itself, as for a health check, or does not know: then the connection's own addresses hold.</summary>
    public bool HasAddresses => Source.Family != 0;
}
