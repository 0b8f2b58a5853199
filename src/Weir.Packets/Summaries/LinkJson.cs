using System.Text.Json;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

internal static class LinkJson
{
    public static void Write(Utf8JsonWriter writer, Packet packet)
    {
        if (packet.Ethernet is { } ethernet)
            WriteEthernet(writer, ethernet);
        if (packet.Cooked is { } cooked)
            WriteCooked(writer, cooked);
        if (packet.Vlans.Count > 0)
            WriteVlans(writer, packet.Vlans);
        writer.WriteNumber("etherType", (int)packet.EtherType);
        if (packet.Arp is { } arp)
            WriteArp(writer, arp);
    }

    private static void WriteEthernet(Utf8JsonWriter writer, EthernetHeader ethernet)
    {
        writer.WriteStartObject("ethernet");
        writer.WriteString("source", ethernet.Source.ToString());
        writer.WriteString("destination", ethernet.Destination.ToString());
        writer.WriteNumber("type", (int)ethernet.Type);
        writer.WriteEndObject();
    }

    private static void WriteCooked(Utf8JsonWriter writer, CookedHeader cooked)
    {
        writer.WriteStartObject("cooked");
        writer.WriteNumber("version", cooked.Version);
        writer.WriteNumber("packetType", (int)cooked.PacketType);
        writer.WriteNumber("hardwareType", cooked.HardwareType);
        writer.WriteString("address", cooked.Address.ToString());
        if (cooked.Version == 2)
            writer.WriteNumber("interfaceIndex", cooked.InterfaceIndex);
        writer.WriteEndObject();
    }

    private static void WriteVlans(Utf8JsonWriter writer, IReadOnlyList<VlanTag> vlans)
    {
        writer.WriteStartArray("vlans");
        foreach (VlanTag tag in vlans)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", tag.Id);
            writer.WriteNumber("priority", tag.Priority);
            writer.WriteNumber("protocol", (int)tag.Protocol);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteArp(Utf8JsonWriter writer, ArpHeader arp)
    {
        writer.WriteStartObject("arp");
        writer.WriteNumber("operation", (int)arp.Operation);
        writer.WriteString("senderLink", arp.SenderLink.ToString());
        writer.WriteString("sender", arp.Sender.ToString());
        writer.WriteString("targetLink", arp.TargetLink.ToString());
        writer.WriteString("target", arp.Target.ToString());
        writer.WriteEndObject();
    }
}
