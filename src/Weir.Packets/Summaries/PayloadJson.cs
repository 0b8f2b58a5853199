using System.Text.Json;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

internal static class PayloadJson
{
    public static void Write(Utf8JsonWriter writer, Packet packet)
    {
        if (packet.Dns is { } dns)
            WriteDns(writer, dns);
        else if (packet.Tls is { } tls)
            WriteTls(writer, tls);
        else if (packet.Tcp is not null && HttpLine.Read(packet.Payload.Span) is { } http)
            writer.WriteString("http", http);
    }

    private static void WriteDns(Utf8JsonWriter writer, DnsMessage dns)
    {
        writer.WriteStartObject("dns");
        writer.WriteNumber("id", dns.Id);
        writer.WriteBoolean("response", dns.IsResponse);
        writer.WriteNumber("opcode", dns.Opcode);
        writer.WriteNumber("responseCode", (int)dns.ResponseCode);
        writer.WriteBoolean("truncated", dns.IsTruncated);
        writer.WriteStartArray("questions");
        foreach (DnsQuestion question in dns.Questions)
        {
            writer.WriteStartObject();
            writer.WriteString("name", question.Name);
            writer.WriteString("type", question.Type.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteRecords(writer, "answers", dns.Answers);
        WriteRecords(writer, "authorities", dns.Authorities);
        WriteRecords(writer, "additionals", dns.Additionals);
        writer.WriteEndObject();
    }

    private static void WriteRecords(Utf8JsonWriter writer, string name, IReadOnlyList<DnsRecord> records)
    {
        writer.WriteStartArray(name);
        foreach (DnsRecord record in records)
        {
            writer.WriteStartObject();
            writer.WriteString("name", record.Name);
            writer.WriteString("type", record.Type.ToString());
            writer.WriteNumber("timeToLiveSeconds", record.TimeToLiveSeconds);
            writer.WriteNumber("dataBytes", record.DataBytes);
            if (record.Data is not null)
                writer.WriteString("data", record.Data);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTls(Utf8JsonWriter writer, TlsRecords tls)
    {
        writer.WriteStartObject("tls");
        writer.WriteStartArray("records");
        foreach (TlsRecord record in tls.Records)
        {
            writer.WriteStartObject();
            writer.WriteString("type", JsonNames.Of(record.Type));
            if (record.Handshake is { } handshake)
                writer.WriteString("handshake", JsonNames.Of(handshake));
            writer.WriteNumber("lengthBytes", record.LengthBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (tls.ServerName is { } server)
            writer.WriteString("serverName", server);
        if (tls.ApplicationProtocols.Count > 0)
            WriteProtocols(writer, tls.ApplicationProtocols);
        writer.WriteEndObject();
    }

    private static void WriteProtocols(Utf8JsonWriter writer, IReadOnlyList<string> protocols)
    {
        writer.WriteStartArray("applicationProtocols");
        foreach (string protocol in protocols)
            writer.WriteStringValue(protocol);
        writer.WriteEndArray();
    }
}
