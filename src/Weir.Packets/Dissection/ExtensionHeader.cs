namespace Weir.Packets.Dissection;

/// <summary>One of the headers between IPv6's own and the transport's (RFC 8200, section 4).</summary>
/// <param name="LengthBytes">With its type and length fields.</param>
public readonly record struct ExtensionHeader(IpProtocol Kind, int LengthBytes);
