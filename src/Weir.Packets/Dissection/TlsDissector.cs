namespace Weir.Packets.Dissection;

/// <summary>Records of TLS, where a segment begins with one.</summary>
internal static class TlsDissector
{
    /// <summary>The most records that are read of one segment.</summary>
    public const int MaxRecords = 32;

    private const int HeaderBytes = 5;
    private const int HandshakeHeaderBytes = 4;

    // 2^14 and what encryption may add (RFC 5246, section 6.2.3).
    private const int MaxRecordBytes = 16384 + 2048;

    public static void Dissect(Packet packet)
    {
        var reader = new ByteReader(packet.Payload.Span);
        List<TlsRecord> records = [];
        TlsRecords? tls = null;
        while (records.Count < MaxRecords && TryReadHeader(ref reader, out TlsContentType type, out int length))
        {
            ReadOnlySpan<byte> body = reader.TakeUpTo(length);
            TlsHandshakeType? handshake = type == TlsContentType.Handshake ? Handshake(body, length) : null;
            tls ??= new TlsRecords { Records = records };
            records.Add(new TlsRecord(type, length, handshake));
            if (handshake == TlsHandshakeType.ClientHello)
                TlsClientHello.Read(tls, body[HandshakeHeaderBytes..]);
        }

        packet.Tls = tls;
    }

    private static bool TryReadHeader(ref ByteReader reader, out TlsContentType type, out int length)
    {
        ReadOnlySpan<byte> header = reader.TakeUpTo(HeaderBytes);
        (type, length) = (default, 0);
        // Versions are 3.0 (SSL) to 3.4.
        if (header.Length < HeaderBytes || header[0] is < 20 or > 24 || header[1] != 3 || header[2] > 4)
            return false;
        (type, length) = ((TlsContentType)header[0], (header[3] << 8) | header[4]);
        return length is > 0 and <= MaxRecordBytes;
    }

    // After the keys are agreed the bytes are random: a message that doesn't fit its record is none.
    private static TlsHandshakeType? Handshake(ReadOnlySpan<byte> body, int recordBytes)
    {
        if (body.Length < HandshakeHeaderBytes || !Enum.IsDefined((TlsHandshakeType)body[0]))
            return null;
        int length = (body[1] << 16) | (body[2] << 8) | body[3];
        return length + HandshakeHeaderBytes <= recordBytes || body[0] == (int)TlsHandshakeType.Certificate
            ? (TlsHandshakeType)body[0]
            : null;
    }
}
