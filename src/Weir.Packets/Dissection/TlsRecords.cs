namespace Weir.Packets.Dissection;

/// <summary>What a record of TLS carries (RFC 8446, section 5.1).</summary>
public enum TlsContentType
{
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
    Heartbeat = 24,
}

/// <summary>The messages of a handshake (RFC 8446, section 4, and RFC 5246).</summary>
public enum TlsHandshakeType
{
    HelloRequest = 0,
    ClientHello = 1,
    ServerHello = 2,
    NewSessionTicket = 4,
    EndOfEarlyData = 5,
    EncryptedExtensions = 8,
    Certificate = 11,
    ServerKeyExchange = 12,
    CertificateRequest = 13,
    ServerHelloDone = 14,
    CertificateVerify = 15,
    ClientKeyExchange = 16,
    Finished = 20,
    CertificateStatus = 22,
    KeyUpdate = 24,
}

/// <summary>One record.</summary>
/// <param name="LengthBytes">Without its header of five bytes; it may go on in the next segments.</param>
/// <param name="Handshake">The first message in it, where it is not encrypted.</param>
public readonly record struct TlsRecord(TlsContentType Type, int LengthBytes, TlsHandshakeType? Handshake);

/// <summary>The records of TLS that begin in a segment.</summary>
public sealed record TlsRecords
{
    public required IReadOnlyList<TlsRecord> Records { get; init; }

    /// <summary>The server that a ClientHello asks for (RFC 6066, section 3), if it says and the segment holds it.</summary>
    public string? ServerName { get; internal set; }

    /// <summary>The protocols that a ClientHello offers (RFC 7301).</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; internal set; } = [];
}
