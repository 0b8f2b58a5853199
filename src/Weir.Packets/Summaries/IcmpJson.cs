using System.Text.Json;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

internal static class IcmpJson
{
    public static void Write(Utf8JsonWriter writer, IcmpMessage icmp)
    {
        writer.WriteStartObject("icmp");
        writer.WriteNumber("version", icmp.Version);
        writer.WriteNumber("type", icmp.Type);
        writer.WriteNumber("code", icmp.Code);
        writer.WriteString("name", icmp.Name);
        WriteNumber(writer, "identifier", icmp.Identifier);
        WriteNumber(writer, "sequence", icmp.Sequence);
        WriteNumber(writer, "mtuBytes", icmp.MtuBytes);
        if (icmp.Gateway is { } gateway)
            writer.WriteString("gateway", gateway.ToString());
        if (icmp.Quoted is { } quoted)
            WriteQuoted(writer, quoted);
        if (icmp.Neighbor is { } neighbor)
            WriteNeighbor(writer, neighbor);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    private static void WriteQuoted(Utf8JsonWriter writer, QuotedPacket quoted)
    {
        writer.WriteStartObject("quoted");
        writer.WriteString("source", quoted.Ip.Source.ToString());
        writer.WriteString("destination", quoted.Ip.Destination.ToString());
        writer.WriteNumber("protocol", (int)quoted.Ip.Protocol);
        WriteNumber(writer, "sourcePort", quoted.SourcePort);
        WriteNumber(writer, "destinationPort", quoted.DestinationPort);
        if (quoted.Sequence is { } sequence)
            writer.WriteNumber("sequence", sequence.Value);
        writer.WriteEndObject();
    }

    private static void WriteNeighbor(Utf8JsonWriter writer, NeighborMessage neighbor)
    {
        writer.WriteStartObject("neighbor");
        if (neighbor.Target is { } target)
            writer.WriteString("target", target.ToString());
        if (neighbor.Destination is { } destination)
            writer.WriteString("destination", destination.ToString());
        if (neighbor.SourceLink is { } sourceLink)
            writer.WriteString("sourceLink", sourceLink.ToString());
        if (neighbor.TargetLink is { } targetLink)
            writer.WriteString("targetLink", targetLink.ToString());
        WriteNumber(writer, "routerLifetimeSeconds", neighbor.RouterLifetimeSeconds);
        WriteNumber(writer, "mtuBytes", neighbor.MtuBytes);
        writer.WriteBoolean("router", neighbor.IsRouter);
        writer.WriteBoolean("solicited", neighbor.IsSolicited);
        writer.WriteBoolean("override", neighbor.Overrides);
        writer.WriteStartArray("prefixes");
        foreach (NeighborPrefix prefix in neighbor.Prefixes)
            writer.WriteStringValue($"{prefix.Prefix}/{prefix.LengthBits}");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
