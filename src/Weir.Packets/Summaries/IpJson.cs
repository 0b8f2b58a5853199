using System.Text.Json;
using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

internal static class IpJson
{
    public static void Write(Utf8JsonWriter writer, IpHeader ip)
    {
        writer.WriteStartObject("ip");
        writer.WriteNumber("version", ip.Version);
        writer.WriteString("source", ip.Source.ToString());
        writer.WriteString("destination", ip.Destination.ToString());
        writer.WriteNumber("protocol", (int)ip.Protocol);
        writer.WriteNumber("hopLimit", ip.HopLimit);
        writer.WriteNumber("dscp", ip.Dscp);
        writer.WriteNumber("ecn", ip.Ecn);
        writer.WriteNumber("headerBytes", ip.HeaderBytes);
        writer.WriteNumber("totalBytes", ip.TotalBytes);
        if (ip.Version == 4)
            WriteIpv4(writer, ip);
        else
            writer.WriteNumber("flowLabel", ip.FlowLabel);
        if (ip.IsFragment)
            WriteFragment(writer, ip);
        if (ip.Extensions.Count > 0)
            WriteExtensions(writer, ip.Extensions);
        writer.WriteEndObject();
    }

    private static void WriteIpv4(Utf8JsonWriter writer, IpHeader ip)
    {
        writer.WriteNumber("identification", ip.Identification);
        writer.WriteBoolean("dontFragment", ip.DontFragment);
        writer.WriteNumber("checksum", ip.Checksum);
        if (ip.ChecksumState != ChecksumState.NotVerified)
            writer.WriteBoolean("checksumCorrect", ip.ChecksumState == ChecksumState.Correct);
    }

    private static void WriteFragment(Utf8JsonWriter writer, IpHeader ip)
    {
        writer.WriteStartObject("fragment");
        writer.WriteNumber("identification", ip.Identification);
        writer.WriteNumber("offsetBytes", ip.FragmentOffsetBytes);
        writer.WriteBoolean("more", ip.MoreFragments);
        writer.WriteEndObject();
    }

    private static void WriteExtensions(Utf8JsonWriter writer, IReadOnlyList<ExtensionHeader> extensions)
    {
        writer.WriteStartArray("extensions");
        foreach (ExtensionHeader extension in extensions)
        {
            writer.WriteStartObject();
            writer.WriteNumber("protocol", (int)extension.Kind);
            writer.WriteNumber("lengthBytes", extension.LengthBytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
