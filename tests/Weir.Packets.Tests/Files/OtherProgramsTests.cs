using Weir.Packets.Dissection;
using Weir.Packets.Files;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Files;

/// <summary>What other programs wrote, of the same frames.</summary>
public sealed class OtherProgramsTests
{
    // Not root in it: tcpdump would try to become another user, which the namespace doesn't have.
    private const string Namespace = "unshare -Un --map-user=1 --map-group=1 --keep-caps";

    [RequiresProgramFact("tshark", "tshark")]
    public async Task WhatTsharkWrites_IsRead()
    {
        using var folder = new TemporaryFolder();
        CapturedFrame[] ethernet = [.. FrameSamples.All().Select(sample => sample.Frame).Where(frame => frame.Link == LinkType.Ethernet)];
        string ours = folder.File("ours.pcapng");
        Write(ours, ethernet);
        foreach ((string format, int unitNs) in new[] { ("pcapng", 1), ("nsecpcap", 1), ("pcap", 1000) })
        {
            string theirs = folder.File(format);
            (await new Run("tshark", "-r", ours, "-F", format, "-w", theirs).ToEnd()).Succeeded();

            using CaptureFile file = CaptureFile.Open(theirs);
            CapturedFrame[] frames = [.. file.Frames()];
            Assert.Equal(ethernet.Select(frame => Convert.ToHexString(frame.Bytes.Span)), frames.Select(frame => Convert.ToHexString(frame.Bytes.Span)));
            Assert.All(frames, frame => Assert.Equal(ethernet[0].TimestampNs / unitNs * unitNs, frame.TimestampNs));
            Assert.All(frames, frame => Assert.Equal(LinkType.Ethernet, frame.Link));
        }
    }

    [RequiresCommandFact(Namespace + " tcpdump --version", "tcpdump")]
    public async Task WhatTcpdumpCaptures_IsRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("any.pcap");
        // The capture is under way when tcpdump says so, and ends by itself with the answers to two pings.
        string script = $$"""
            ip link set lo up
            tcpdump -i any -U -w {{path}} -c 4 icmp 2>{{folder.File("errors")}} & capture=$!
            until grep -qs listening {{folder.File("errors")}}; do kill -0 $capture || exit 1; read -t 0.05 <> <(:); done
            exec 3<>/dev/udp/127.0.0.1/9
            until ! kill -0 $capture 2>/dev/null; do echo x >&3; echo x >&3; read -t 0.05 <> <(:); done 2>/dev/null
            wait $capture
            """;
        (await new Run("unshare", [.. Namespace.Split(' ')[1..], "bash", "-c", script]).ToEnd()).Succeeded();

        using CaptureFile file = CaptureFile.Open(path);
        Packet[] packets = [.. file.Frames().Select(frame => Packet.Dissect(frame))];
        Assert.Equal(4, packets.Length);
        Assert.All(packets, packet =>
        {
            Assert.Empty(packet.Notes);
            Assert.Equal((2, 1), (packet.Cooked!.Version, packet.Cooked.InterfaceIndex));
            Assert.Equal(("unreachable: port", 9), (packet.Icmp!.Name, packet.Icmp.Quoted!.DestinationPort));
        });
    }

    private static void Write(string path, CapturedFrame[] frames)
    {
        using PcapngWriter writer = PcapngWriter.Create(path);
        int id = writer.AddInterface(LinkType.Ethernet, "eth0");
        foreach (CapturedFrame frame in frames)
            writer.Write(id, frame.TimestampNs, frame.Bytes.Span, frame.OriginalBytes);
    }
}
