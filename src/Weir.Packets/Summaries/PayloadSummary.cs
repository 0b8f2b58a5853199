using System.Text;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary>What the transport carries, behind a bar.</summary>
internal static class PayloadSummary
{
    /// <summary>The most records, questions and answers that a line names.</summary>
    private const int MaxNamed = 8;

    public static void Append(StringBuilder line, Packet packet)
    {
        if (packet.Dns is { } dns)
            DnsSummary.Append(line, dns);
        else if (packet.Tls is { } tls)
            AppendTls(line, tls);
        else if (packet.Tcp is not null && HttpLine.Read(packet.Payload.Span) is { } http)
            line.Append(" | ").Append(http);
    }

    private static void AppendTls(StringBuilder line, TlsRecords tls)
    {
        line.Append(" | tls ");
        for (int index = 0; index < Math.Min(tls.Records.Count, MaxNamed); index++)
        {
            TlsRecord record = tls.Records[index];
            line.Append(index == 0 ? "" : ", ").Append(record.Handshake?.ToString() ?? record.Type.ToString());
            if (record.Type == TlsContentType.ApplicationData)
                line.Append('(').Append(record.LengthBytes).Append(')');
        }

        if (tls.Records.Count > MaxNamed)
            line.Append(", …");
        if (tls.ServerName is { } server)
            line.Append(' ').Append(server);
        if (tls.ApplicationProtocols.Count > 0)
            line.Append(" alpn ").AppendJoin(',', tls.ApplicationProtocols);
    }
}
