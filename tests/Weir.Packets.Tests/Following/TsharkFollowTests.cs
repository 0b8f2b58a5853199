using System.Globalization;
using System.Text;
using Weir.Packets.Dissection;
using Weir.Packets.Files;
using Weir.Packets.Following;
using Weir.Packets.Streams;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Following;

/// <summary>tshark and we put the same streams together: repeated, overlapping, late and missing segments in both directions.</summary>
public sealed class TsharkFollowTests(ITestOutputHelper output)
{
    private const int FirstPort = 20_000;

    // One run of tshark each.
    private static readonly int s_streams = FullRun.IsOn ? 100 : 6;

    [RequiresProgramFact("tshark", "tshark")]
    public async Task ArbitraryStreams_AreFollowedAlike()
    {
        Random random = TestSeed.NewRandom(output);
        using var folder = new TemporaryFolder();
        string path = folder.File("streams.pcapng");
        using (PcapngWriter writer = PcapngWriter.Create(path))
        {
            int device = writer.AddInterface(LinkType.Raw, "path");
            long timeNs = 1_700_000_000_000_000_000;
            foreach (byte[] packet in Enumerable.Range(0, s_streams).SelectMany(index => Arbitrary(random, FirstPort + index)))
                writer.Write(device, timeNs += 1_000_000, packet, packet.Length);
        }

        for (int stream = 0; stream < s_streams; stream++)
        {
            string[] ours = Ours(path, stream);
            Assert.Equal(await Theirs(path, stream), ours);
            Assert.NotEmpty(string.Concat(ours));
        }
    }

    /// <summary>What each side sent, in hexadecimal digits, and gaps as tshark writes them.</summary>
    private static async Task<string[]> Theirs(string path, int stream)
    {
        Finished shown = (await new Run("tshark", "-r", path, "-q", "-z", $"follow,tcp,raw,{stream}").ToEnd()).Succeeded();
        string[] lines = [.. shown.Lines.Where(line => line.Length > 0 && line.All(each => char.IsAsciiHexDigit(each) || each == '\t'))];
        return [string.Concat(lines.Where(line => line[0] != '\t')), string.Concat(lines.Where(line => line[0] == '\t').Select(line => line[1..]))];
    }

    private static string[] Ours(string path, int stream)
    {
        var table = new StreamTable();
        var follower = new StreamFollower();
        var said = new[] { new StringBuilder(), new StringBuilder() };
        void Say(IEnumerable<FollowedPiece> pieces)
        {
            foreach (FollowedPiece piece in pieces)
                said[(int)piece.Side].Append(Convert.ToHexStringLower(piece.MissingBytes > 0 ? Missing(piece.MissingBytes) : piece.Bytes.Span));
        }

        using CaptureFile file = CaptureFile.Open(path);
        foreach (CapturedFrame frame in file.Frames())
        {
            var packet = Packet.Dissect(frame);
            if (table.Observe(packet) is { } place && place.Stream.Number == stream)
                Say(follower.Add(packet, place));
        }

        Say(follower.End());
        return [.. said.Select(each => each.ToString())];
    }

    // It writes the end of its string, too.
    private static byte[] Missing(long bytes) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[{bytes} bytes missing in capture file]\0"));

    /// <summary>Both sides send in windows, whose segments are shuffled, repeated, split otherwise or lost, and acknowledge what the other has sent.</summary>
    private static IEnumerable<byte[]> Arbitrary(Random random, int port)
    {
        uint[] start = [(uint)random.NextInt64(1L << 32), uint.MaxValue - 100];
        int[] sent = [0, 0];
        byte[] Segment(int side, int at, int length, int flags = 0x10)
        {
            byte[] payload = [.. Enumerable.Range(at, length).Select(place => (byte)(place * 7 + side))];
            uint seq = start[side] + (flags is 2 or 0x12 ? 0 : 1 + (uint)at);
            uint ack = flags == 2 ? 0 : start[1 - side] + 1 + (uint)sent[1 - side];
            byte[] tcp = Tcp(side == 0 ? port : 80, side == 0 ? 80 : port, seq, ack, flags, payload: payload);
            return side == 0 ? Ipv4(6, tcp) : Ipv4(6, tcp, B4, A4);
        }

        yield return Segment(0, 0, 0, flags: 2);
        yield return Segment(1, 0, 0, flags: 0x12);
        yield return Segment(0, 0, 0);
        for (int round = 0; round < 8; round++)
        {
            // Each has its turn at least once.
            int side = round < 2 ? round : random.Next(2);
            int windowBytes = random.Next(1, 2000);
            List<(int At, int Length)> segments = [];
            for (int at = 0; at < windowBytes;)
            {
                int length = Math.Min(random.Next(1, 300), windowBytes - at);
                for (int copies = random.Next(8) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--)
                    segments.Add((sent[side] + at, random.Next(4) == 0 ? Math.Min(length + 100, windowBytes - at) : length));
                at += length;
            }

            foreach ((int at, int length) in random.Next(2) == 0 ? segments : segments.OrderBy(_ => random.Next()).ToList())
                yield return Segment(side, at, length);
            sent[side] += windowBytes;
            yield return Segment(1 - side, sent[1 - side], 0);
        }
    }
}
