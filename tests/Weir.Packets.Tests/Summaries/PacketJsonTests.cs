using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Summaries;
using Weir.Packets.Tests.Samples;
using Xunit;

namespace Weir.Packets.Tests.Summaries;

public sealed partial class PacketJsonTests
{
    [Fact]
    public void EverySample_IsOneObject()
    {
        foreach ((string _, CapturedFrame frame) in FrameSamples.All())
        {
            JsonElement json = Write(frame);
            Assert.Equal(frame.TimestampNs, json.GetProperty("timestampNs").GetInt64());
            AssertKeys(json);
        }
    }

    [Fact]
    public void ASegment_HasItsNumbersBothWays()
    {
        JsonElement tcp = Write(Sample("tcp4")).GetProperty("tcp");

        Assert.Equal((1000, 100, 200), (tcp.GetProperty("sourcePort").GetInt32(), tcp.GetProperty("sequence").GetInt32(), tcp.GetProperty("acknowledgment").GetInt32()));
        Assert.Equal((1, 19), (tcp.GetProperty("relativeSequence").GetInt32(), tcp.GetProperty("relativeNextSequence").GetInt32()));
        Assert.Equal("""["psh","ack"]""", tcp.GetProperty("flags").GetRawText());
        JsonElement sack = Write(Sample("sack")).GetProperty("tcp").GetProperty("options").GetProperty("sack")[0];
        Assert.Equal((16, 17), (sack.GetProperty("left").GetInt32(), sack.GetProperty("relativeLeft").GetInt32()));
    }

    [Fact]
    public void UpperProtocols_AreShown()
    {
        Assert.Equal("GET / HTTP/1.1", Write(Sample("tcp4")).GetProperty("http").GetString());
        Assert.Equal("www.example.org", Write(Sample("tls")).GetProperty("tls").GetProperty("serverName").GetString());
        Assert.Equal("10 mail.example.com", Write(Sample("dns answer")).GetProperty("dns").GetProperty("answers")[3].GetProperty("data").GetString());
        Assert.Equal(1280, Write(Sample("too big")).GetProperty("icmp").GetProperty("mtuBytes").GetInt32());
    }

    [Fact]
    public void NotesAndComments_AreShown()
    {
        JsonElement json = Write(Sample("tcp4") with { Bytes = Sample("tcp4").Bytes[..40], OriginalBytes = 40, Comment = "curl" });

        Assert.Equal("curl", json.GetProperty("comment").GetString());
        Assert.Equal("tcp: the header is cut off at 6 of 20 bytes", json.GetProperty("notes")[1].GetString());
    }

    private static void AssertKeys(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            element.EnumerateArray().ToList().ForEach(AssertKeys);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            Assert.Matches(CamelCase(), property.Name);
            AssertKeys(property.Value);
        }
    }

    [GeneratedRegex("^[a-z][a-zA-Z0-9]*$")]
    private static partial Regex CamelCase();

    private static JsonElement Write(CapturedFrame frame)
    {
        Packet packet = Packet.Dissect(frame);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
            PacketJson.Write(writer, packet, new StreamTable().Observe(packet), "eth0");
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    private static CapturedFrame Sample(string name) => FrameSamples.All().Single(sample => sample.Name == name).Frame;
}
