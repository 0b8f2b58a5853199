using System.Buffers;
using System.Text.Json;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Summaries;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Packets.Tests.Fuzzing;

public sealed class PacketFuzzTests(ITestOutputHelper output)
{
    /// <summary>A hundred DNS records of 512 bytes of text are not shown; eight of them are.</summary>
    private const int MaxLineLength = 64 * 1024;

    private static readonly LinkType[] s_links = Enum.GetValues<LinkType>();

    private readonly StreamTable _table = new(limit: 64);
    private readonly PacketSummary _summary = new(new SummaryOptions { Details = true, InterfaceNames = new Dictionary<int, string>() });
    private readonly ArrayBufferWriter<byte> _json = new();

    [Fact]
    public void BrokenPackets_AreNotedAndDoNoHarm()
    {
        Random random = TestSeed.NewRandom(output);
        CapturedFrame[] samples = [.. FrameSamples.All().Select(sample => sample.Frame)];
        for (int count = 0; count < FuzzSize.Packets; count++)
        {
            CapturedFrame frame = Break(samples[random.Next(samples.Length)], random);
            try
            {
                Check(frame, verify: count % 2 == 0, asJson: count % 8 == 0);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{TestSeed.Replay}: {frame.Link} {Convert.ToHexString(frame.Bytes.Span)}", error);
            }
        }
    }

    [Fact]
    public void RandomBytes_AreNotedAndDoNoHarm()
    {
        Random random = TestSeed.NewRandom(output);
        for (int count = 0; count < FuzzSize.Packets / 10; count++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Check(new CapturedFrame(s_links[random.Next(s_links.Length)], random.NextInt64(), bytes, random.Next()), verify: true, asJson: true);
        }
    }

    private static CapturedFrame Break(CapturedFrame frame, Random random)
    {
        byte[] bytes = Mutation.Of(frame.Bytes.ToArray(), random);
        return frame with
        {
            Bytes = bytes,
            OriginalBytes = random.Next(4) == 0 ? random.Next() : bytes.Length,
            Link = random.Next(16) == 0 ? s_links[random.Next(s_links.Length)] : frame.Link,
        };
    }

    private void Check(CapturedFrame frame, bool verify, bool asJson)
    {
        Packet packet = Packet.Dissect(frame, new DissectionOptions { VerifyChecksums = verify });
        Assert.True(packet.Notes.Count <= Packet.MaxNotes && packet.PayloadBytes >= packet.Payload.Length && packet.Payload.Length <= frame.Bytes.Length);
        StreamSegment? segment = _table.Observe(packet);
        string line = _summary.Format(packet, segment);
        Assert.True(line.Length < MaxLineLength && !line.AsSpan().ContainsAnyInRange('\0', '\x1f'), line);
        if (!asJson)
            return;
        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json))
            PacketJson.Write(writer, packet, segment);
        using JsonDocument parsed = JsonDocument.Parse(_json.WrittenMemory);
        Assert.Equal(packet.PayloadBytes, parsed.RootElement.GetProperty("payloadBytes").GetInt32());
    }
}
