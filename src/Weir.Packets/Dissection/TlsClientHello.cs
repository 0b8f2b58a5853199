namespace Weir.Packets.Dissection;

/// <summary>The two extensions of a ClientHello that tell where it wants to go, as far as the segment has them.</summary>
internal static class TlsClientHello
{
    private const int VersionAndRandomBytes = 34;
    private const int ServerNameExtension = 0;
    private const int ProtocolsExtension = 16;

    /// <summary>The longest name that DNS has.</summary>
    private const int MaxNameBytes = 255;

    private const int MaxProtocols = 16;

    public static void Read(TlsRecords tls, ReadOnlySpan<byte> message)
    {
        var reader = new ByteReader(message);
        if (!reader.TryTake(VersionAndRandomBytes, out _)
            || !reader.TryReadByte(out int session) || !reader.TryTake(session, out _)
            || !reader.TryReadUInt16(out int suites) || !reader.TryTake(suites, out _)
            || !reader.TryReadByte(out int compressions) || !reader.TryTake(compressions, out _)
            || !reader.TryReadUInt16(out _))
            return;
        // Each has at least four bytes.
        while (reader.TryReadUInt16(out int type) && reader.TryReadUInt16(out int length)
            && reader.TryTake(length, out ReadOnlySpan<byte> extension))
        {
            if (type == ServerNameExtension)
                tls.ServerName = ServerName(extension);
            else if (type == ProtocolsExtension)
                tls.ApplicationProtocols = Protocols(extension);
        }
    }

    private static string? ServerName(ReadOnlySpan<byte> extension)
    {
        var reader = new ByteReader(extension);
        bool isHostName = reader.TryReadUInt16(out _) && reader.TryReadByte(out int kind) && kind == 0;
        return isHostName && reader.TryReadUInt16(out int length) && reader.TryTake(length, out ReadOnlySpan<byte> name)
            ? PrintableText.From(name, MaxNameBytes)
            : null;
    }

    private static List<string> Protocols(ReadOnlySpan<byte> extension)
    {
        var reader = new ByteReader(extension);
        List<string> protocols = [];
        if (!reader.TryReadUInt16(out _))
            return protocols;
        while (protocols.Count < MaxProtocols && reader.TryReadByte(out int length)
            && reader.TryTake(length, out ReadOnlySpan<byte> name))
            protocols.Add(PrintableText.From(name, MaxNameBytes));
        return protocols;
    }
}
