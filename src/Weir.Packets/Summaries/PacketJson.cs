using System.Text.Json;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Summaries;

/// <summary>A packet as one JSON object. Keys end with their unit; a layer that is not there has no key.</summary>
public static class PacketJson
{
    /// <param name="writer">Where a value may be written.</param>
    /// <param name="packet">Any packet.</param>
    /// <param name="segment">Its place in its stream, which adds relative numbers.</param>
    /// <param name="interfaceName">Where it was captured, if that is known.</param>
    /// <param name="more">Writes further keys at the end.</param>
    public static void Write(
        Utf8JsonWriter writer, Packet packet, StreamSegment? segment = null, string? interfaceName = null, Action<Utf8JsonWriter>? more = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(packet);
        writer.WriteStartObject();
        WriteFrame(writer, packet.Frame, interfaceName);
        LinkJson.Write(writer, packet);
        if (packet.Ip is { } ip)
            IpJson.Write(writer, ip);
        if (packet.Icmp is { } icmp)
            IcmpJson.Write(writer, icmp);
        if (packet.Tcp is { } tcp)
            TcpJson.Write(writer, tcp, segment);
        if (packet.Udp is { } udp)
            WriteUdp(writer, udp);
        PayloadJson.Write(writer, packet);
        writer.WriteNumber("payloadBytes", packet.PayloadBytes);
        if (packet.Frame.Comment is { } comment)
            writer.WriteString("comment", comment);
        WriteNotes(writer, packet.Notes);
        more?.Invoke(writer);
        writer.WriteEndObject();
    }

    private static void WriteFrame(Utf8JsonWriter writer, CapturedFrame frame, string? interfaceName)
    {
        writer.WriteNumber("timestampNs", frame.TimestampNs);
        writer.WriteNumber("interface", frame.Interface);
        if (interfaceName is not null)
            writer.WriteString("interfaceName", interfaceName);
        writer.WriteNumber("linkType", (int)frame.Link);
        writer.WriteNumber("capturedBytes", frame.Bytes.Length);
        writer.WriteNumber("originalBytes", frame.OriginalBytes);
    }

    private static void WriteUdp(Utf8JsonWriter writer, UdpHeader udp)
    {
        writer.WriteStartObject("udp");
        writer.WriteNumber("sourcePort", udp.SourcePort);
        writer.WriteNumber("destinationPort", udp.DestinationPort);
        writer.WriteNumber("lengthBytes", udp.LengthBytes);
        writer.WriteNumber("checksum", udp.Checksum);
        writer.WriteEndObject();
    }

    private static void WriteNotes(Utf8JsonWriter writer, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
            return;
        writer.WriteStartArray("notes");
        foreach (string note in notes)
            writer.WriteStringValue(note);
        writer.WriteEndArray();
    }
}
