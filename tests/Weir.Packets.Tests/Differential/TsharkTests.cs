using Weir.Packets.Dissection;
using Weir.Packets.Files;
using Weir.Packets.Streams;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Differential;

/// <summary>tshark and we see the same in the same packets.</summary>
public sealed class TsharkTests
{
    private const string Namespace = "unshare -Un --map-user=1 --map-group=1 --keep-caps";

    // tshark counts the segment that an error quotes as a stream, so the numbers of later ones differ.
    private const string QuotesTcp = "too big";

    [RequiresProgramFact("tshark", "tshark")]
    public Task Samples_AreSeenAlike() => AssertSamplesAlike(sample => sample is not QuotesTcp, atLeast: 30);

    [RequiresProgramFact("tshark", "tshark")]
    public Task AnErrorThatQuotesASegment_IsSeenAlike() => AssertSamplesAlike(sample => sample is QuotesTcp, atLeast: 1);

    [RequiresProgramsFact("tshark", "tcpdump", "curl", "socat", "openssl", "ping=iputils-ping")]
    public async Task RealTraffic_IsSeenAlike()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("real.pcap");
        File.WriteAllText(folder.File("answer"), "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        File.WriteAllBytes(folder.File("query"), FrameSamples.DnsQuery);
        // The capture has begun when tcpdump says so, and has everything when the last datagram is in it.
        string script = $$"""
            cd {{folder.Path}}
            ip link set lo up
            pause() { read -t 0.05 <> <(:) || true; }
            # tcpdump can sleep on the last packet until another comes.
            nudge() { echo nudge >/dev/udp/127.0.0.1/9; pause; }
            tcpdump -i any -U --immediate-mode -w {{path}} 2>errors & capture=$!
            until grep -qs listening errors; do kill -0 $capture || exit 1; pause; done
            socat TCP-LISTEN:8080,reuseaddr,bind=127.0.0.1 'SYSTEM:read line; cat answer' & http=$!
            socat -u TCP6-LISTEN:8443,reuseaddr,bind=[::1] OPEN:/dev/null & tls=$!
            until [[ $(ss -Hltn | wc -l) -ge 2 ]]; do pause; done
            curl -s http://127.0.0.1:8080/path >/dev/null
            openssl s_client -connect '[::1]:8443' -servername www.example.org -alpn h2 </dev/null >/dev/null 2>&1 & client=$!
            until [[ $(tcpdump -r {{path}} port 8443 2>/dev/null | wc -l) -ge 4 ]]; do nudge; done
            kill $client $tls 2>/dev/null
            ping -c 1 -s 100 127.0.0.1 >/dev/null
            ping -c 1 ::1 >/dev/null
            socat -u OPEN:query UDP:127.0.0.1:53 2>/dev/null
            socat -u OPEN:/dev/zero,readbytes=3000 UDP:127.0.0.1:9 2>/dev/null
            echo the-end >/dev/udp/::1/9
            until grep -qs the-end {{path}}; do nudge; done
            kill $capture; wait $capture
            wait
            """;
        (await new Run("unshare", [.. Namespace.Split(' ')[1..], "bash", "-c", script]).ToEnd()).Succeeded();

        await AssertAlike(path, atLeast: 25);
    }

    private static async Task AssertSamplesAlike(Func<string, bool> isChosen, int atLeast)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("samples.pcapng");
        using (PcapngWriter writer = PcapngWriter.Create(path))
        {
            foreach ((string name, CapturedFrame frame) in FrameSamples.All().Where(sample => isChosen(sample.Name)))
                writer.Write(writer.AddInterface(frame.Link, name), frame.TimestampNs, frame.Bytes.Span, frame.OriginalBytes);
        }

        await AssertAlike(path, atLeast);
    }

    private static async Task AssertAlike(string path, int atLeast)
    {
        string[][] theirs = await TsharkFields.Read(path);
        var table = new StreamTable();
        var differences = new List<string>();
        int number = 0;
        using CaptureFile file = CaptureFile.Open(path);
        foreach (CapturedFrame frame in file.Frames())
        {
            Packet packet = Packet.Dissect(frame);
            differences.AddRange(packet.Notes.Select(note => $"packet {number + 1}: {note}"));
            StreamSegment? place = table.Observe(packet);
            string[] ours = TsharkFields.Ours(packet, place);
            for (int field = 0; field < ours.Length; field++)
            {
                string name = TsharkFields.Name(field);
                if (ours[field] != theirs[number][field] && !IsMeantToDiffer(packet, place, name, ours[field], theirs[number][field]))
                    differences.Add($"packet {number + 1}: {name}: ours {ours[field]}, tshark's {theirs[number][field]}");
            }

            number++;
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(theirs.Length, number);
        Assert.InRange(number, atLeast, int.MaxValue);
    }

    private static bool IsMeantToDiffer(Packet packet, StreamSegment? place, string name, string ours, string theirs) =>
        IsWindowOfUnknownScale(packet, place, name, ours, theirs) || IsInsideAQuote(packet, name, ours);

    // Where the capture doesn't have both SYNs, tshark multiplies by the scale of the one it has, or not at all; we say that nobody knows.
    private static bool IsWindowOfUnknownScale(Packet packet, StreamSegment? place, string name, string ours, string theirs) =>
        name == "tcp.window_size" && ours.Length == 0 && place is { Stream.HandshakeSeen: false } at
        && long.Parse(theirs) == (long)packet.Tcp!.Window << (at.From.WindowScale ?? 0);

    // tshark goes on in the packet that an error quotes; we tell whose it was, by addresses and ports.
    private static bool IsInsideAQuote(Packet packet, string name, string ours) =>
        ours.Length == 0
        && ((packet.Icmp?.Quoted is { Ip.Protocol: IpProtocol.Udp, DestinationPort: 53 } && name.StartsWith("dns.", StringComparison.Ordinal))
            || (packet.Icmp?.Quoted is { Ip.Protocol: IpProtocol.Tcp } && name.StartsWith("tcp.", StringComparison.Ordinal)));
}
