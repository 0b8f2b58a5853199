using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Summaries;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Summaries;

public sealed class PacketSummaryTests
{
    private static readonly SummaryOptions s_plain = new() { Time = SummaryTime.None };

    [Theory]
    [InlineData("arp", "02:00:00:00:00:01 > 02:00:00:00:00:02 arp who-has 192.0.2.2 tell 192.0.2.1")]
    [InlineData("tcp4", "192.0.2.1:1000 > 192.0.2.2:2000 tcp PA seq 1:19(18) ack 1 win 502? | GET / HTTP/1.1")]
    [InlineData("tcp6", "[2001:db8::1]:1000 > [2001:db8::2]:2000 tcp PA seq 1:19(18) ack 1 win 502? | GET / HTTP/1.1")]
    [InlineData("syn", "192.0.2.1:1 > 192.0.2.2:2 tcp S seq 0 win 502 mss 1460 sackOK ts wscale 7")]
    [InlineData("sack", "192.0.2.1:1 > 192.0.2.2:2 tcp A seq 1 ack 1 win 502? sack 17:33,49:65")]
    [InlineData("options", "192.0.2.1:1 > 192.0.2.2:2 tcp A seq 1 ack 1 win 502? tfo 01020304 md5 option 253(2)")]
    [InlineData("udp4", "192.0.2.1:1000 > 192.0.2.2:2000 udp 3 bytes")]
    [InlineData("dns query", "192.0.2.1:40000 > 192.0.2.2:53 udp 29 bytes | dns 48879 A? example.com")]
    [InlineData("tls", "192.0.2.1:40000 > 192.0.2.2:443 tcp A seq 1:95(94) ack 1 win 502? | tls ClientHello www.example.org alpn h2,http/1.1")]
    [InlineData("echo", "192.0.2.1 > 192.0.2.2 icmp echo request id 7 seq 1, 3 bytes")]
    [InlineData("echo6", "2001:db8::1 > 2001:db8::2 icmp6 echo reply id 7 seq 1, 3 bytes")]
    [InlineData("unreachable", "192.0.2.1 > 192.0.2.2 icmp unreachable: port (udp 192.0.2.2:1000 > 192.0.2.1:9)")]
    [InlineData("too big", "2001:db8::1 > 2001:db8::2 icmp6 packet too big mtu 1280 (tcp [2001:db8::2]:5 > [2001:db8::1]:6)")]
    [InlineData("ns", "2001:db8::1 > 2001:db8::2 icmp6 neighbor solicitation who-has 2001:db8::2 from 02:00:00:00:00:01")]
    [InlineData("na", "2001:db8::1 > 2001:db8::2 icmp6 neighbor advertisement 2001:db8::2 is-at 02:00:00:00:00:02 solicited override")]
    [InlineData("rs", "2001:db8::1 > 2001:db8::2 icmp6 router solicitation from 02:00:00:00:00:01")]
    [InlineData("ra", "2001:db8::1 > 2001:db8::2 icmp6 router advertisement lifetime 1800 s prefix 2001:db8:1::/64 mtu 1500 from 02:00:00:00:00:01")]
    [InlineData("vlan", "vlan 100 192.0.2.1:1 > 192.0.2.2:2 udp 1 bytes")]
    [InlineData("qinq", "vlan 100.101 [2001:db8::1]:1 > [2001:db8::2]:2 udp 1 bytes")]
    [InlineData("fragment", "192.0.2.1:1 > 192.0.2.2:2 udp 16 of 92 bytes fragment 4660 at 0")]
    [InlineData("last fragment", "192.0.2.1 > 192.0.2.2 udp 76 bytes fragment 4660 at 24 last")]
    public void ALine_SaysWhatThePacketSays(string sample, string line) => Assert.Equal(line, Line(Sample(sample)));

    [Fact]
    public void AnAnswerOfDns_ShowsItsRecords() => Assert.Equal(
        "[2001:db8::1]:53 > [2001:db8::2]:40000 udp 272 bytes | dns 48879 ANY? example.com: A 192.0.2.1, AAAA 2001:db8::1, CNAME www.example.com, "
        + "MX 10 mail.example.com, TXT \"hello\" \"\\x1bx\", SRV 1 2 8080 example.com, NS example.com, PTR host.example.net, 1 more",
        Line(Sample("dns answer")));

    [Theory]
    [InlineData("8183", ": NXDOMAIN")]
    [InlineData("8180", ": no answer")]
    [InlineData("8385", ": REFUSED truncated")]
    public void AnAnswerWithoutRecords_SaysWhy(string flags, string end)
    {
        byte[] answer = Join(Hex("0001"), Hex(flags), Hex("0001 0000 0000 0000"), Name("example.com"), Hex("001c 0001"));

        Assert.EndsWith("| dns 1 AAAA? example.com" + end, Line(Frame(Ipv4(17, Udp(53, 40000, answer)), LinkType.Raw)), StringComparison.Ordinal);
    }

    [Fact]
    public void AConversation_ReadsFromTopToBottom()
    {
        var table = new StreamTable();
        var summary = new PacketSummary(s_plain);
        byte[] request = [.. "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"u8];

        Assert.Equal("192.0.2.1:40000 > 192.0.2.2:80 tcp S seq 0 win 64240 mss 1460 wscale 7", Next(A4, B4, Tcp(40000, 80, 1000, 0, 2, 64240, Hex("020405b4 030307"))));
        Assert.Equal("192.0.2.2:80 > 192.0.2.1:40000 tcp SA seq 0 ack 1 win 65160 wscale 7", Next(B4, A4, Tcp(80, 40000, 5000, 1001, 0x12, 65160, Hex("030307"))));
        Assert.Equal("192.0.2.1:40000 > 192.0.2.2:80 tcp A seq 1 ack 1 win 64256", Next(A4, B4, Tcp(40000, 80, 1001, 5001)));
        Assert.Equal(
            "192.0.2.1:40000 > 192.0.2.2:80 tcp PA seq 1:29(28) ack 1 win 64256 | GET /a HTTP/1.1",
            Next(A4, B4, Tcp(40000, 80, 1001, 5001, 0x18, payload: request)));
        Assert.Equal(
            "192.0.2.2:80 > 192.0.2.1:40000 tcp A seq 1 ack 29 win 64256 dsack 1:29 sack 50:60",
            Next(B4, A4, Tcp(80, 40000, 5001, 1029, options: Hex("0101 0512 000003e9 00000405 0000041a 00000424"))));
        Assert.Equal("192.0.2.2:80 > 192.0.2.1:40000 tcp FA seq 1 ack 29 win 64256", Next(B4, A4, Tcp(80, 40000, 5001, 1029, 0x11)));
        Assert.Equal("192.0.2.1:40000 > 192.0.2.2:80 tcp R seq 29 win 0", Next(A4, B4, Tcp(40000, 80, 1029, 0, 4, 0)));

        string Next(string source, string destination, byte[] tcp)
        {
            Packet packet = Packet.Dissect(Frame(Ipv4(6, tcp, source, destination), LinkType.Raw));
            return summary.Format(packet, table.Observe(packet));
        }
    }

    [Fact]
    public void AbsoluteNumbersAndDetails_AreShownWhenAsked()
    {
        CapturedFrame frame = Frame(Ipv4(6, Tcp(1, 2, 1000, 5000, 0x1F0, options: Hex("080a 00000007 00000008"), payload: [1])), LinkType.Raw);

        Assert.Equal("192.0.2.1:1 > 192.0.2.2:2 tcp AUECN seq 1000:1001(1) ack 5000 win 502? urg 0", Line(frame, s_plain with { AbsoluteNumbers = true }));
        Assert.Equal("192.0.2.1:1 > 192.0.2.2:2 ttl 64 tcp AUECN seq 1:2(1) ack 1 win 502? urg 0 ts 7/8 stream 0", Line(frame, s_plain with { Details = true }));
        Assert.StartsWith("02:00:00:00:00:01 > 02:00:00:00:00:02 192.0.2.1:1000 > ", Line(Sample("tcp4"), s_plain with { LinkAddresses = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void InterfacesOfCookedFrames_HaveTheirNames()
    {
        SummaryOptions named = s_plain with { InterfaceNames = new Dictionary<int, string> { [3] = "eth0" } };
        CapturedFrame loopback = Frame(Join(Hex("0800 0000 00000003 0304 00 06 000000000000 0000"), Ipv4(17, Udp(1, 2, []))), LinkType.LinuxCookedV2);

        Assert.Equal("eth0 out [2001:db8::1]:1000 > [2001:db8::2]:2000 udp 3 bytes", Line(Sample("sll2"), named));
        Assert.Equal("eth0 192.0.2.1:1 > 192.0.2.2:2 udp 0 bytes", Line(loopback, named));
        Assert.StartsWith("if3 out ", Line(Sample("sll2"), s_plain with { InterfaceNames = new Dictionary<int, string>() }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SummaryTime.Clock, false, "22:13:20.000123 ", "22:13:21.500123 ")]
    [InlineData(SummaryTime.Clock, true, "22:13:20.000123456 ", "22:13:21.500123456 ")]
    [InlineData(SummaryTime.Date, false, "2023-11-14 22:13:20.000123 ", "2023-11-14 22:13:21.500123 ")]
    [InlineData(SummaryTime.SinceFirst, false, "0.000000 ", "1.500000 ")]
    [InlineData(SummaryTime.SincePrevious, false, "0.000000 ", "1.500000 ")]
    [InlineData(SummaryTime.Epoch, false, "1700000000.000123 ", "1700000001.500123 ")]
    [InlineData(SummaryTime.None, false, "", "")]
    public void TheTime_IsShownAsAsked(SummaryTime time, bool nanoseconds, string first, string second)
    {
        var summary = new PacketSummary(new SummaryOptions { Time = time, Nanoseconds = nanoseconds, TimeZone = TimeZoneInfo.Utc });
        CapturedFrame frame = Sample("udp4");

        Assert.Equal(first + "192.0.2.1:1000 > 192.0.2.2:2000 udp 3 bytes", summary.Format(Packet.Dissect(frame)));
        Assert.StartsWith(second + "192.", summary.Format(Packet.Dissect(frame with { TimestampNs = frame.TimestampNs + 1_500_000_000 })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void AnyTime_CanBeShown(long timestampNs)
    {
        foreach (SummaryTime time in Enum.GetValues<SummaryTime>())
            Assert.NotEmpty(Line(Sample("udp4") with { TimestampNs = timestampNs }, new SummaryOptions { Time = time }));
    }

    [Fact]
    public void NotesAndComments_EndTheLine()
    {
        CapturedFrame frame = Frame(Ipv4(6, Tcp(1, 2)[..12]), LinkType.Raw) with { Comment = "curl 7\n\u001b[31m \u202Ered" };

        Assert.Equal("192.0.2.1 > 192.0.2.2 tcp 12 bytes ! tcp: the header is cut off at 12 of 20 bytes # curl 7  [31m  red", Line(frame));
    }

    [Fact]
    public void OtherFrames_HaveTheirTypes()
    {
        Assert.Equal("02:00:00:00:00:01 > 02:00:00:00:00:02 lldp 2 bytes", Line(Frame(Ethernet(0x88CC, [1, 2]))));
        Assert.Equal("02:00:00:00:00:01 > all 802.3 2 bytes", Line(Frame(Ethernet(0x0026, [1, 2], destination: "ffffffffffff"))));
        Assert.Equal("192.0.2.1 > 192.0.2.2 protocol 89, 4 bytes", Line(Frame(Ipv4(89, [1, 2, 3, 4]), LinkType.Raw)));
    }

    [Fact]
    public void AHeaderOfHttp_IsCutAndMadeHarmless()
    {
        Assert.EndsWith("| GET /\\x1b[2J", Line(Frame(Ipv4(6, Tcp(1, 2, payload: [.. "GET /\u001b[2J\r\n"u8])), LinkType.Raw)), StringComparison.Ordinal);
        byte[] endless = [.. "GET /"u8, .. Enumerable.Repeat((byte)'a', 5000)];
        Assert.EndsWith("aaa…", Line(Frame(Ipv4(6, Tcp(1, 2, payload: endless)), LinkType.Raw)), StringComparison.Ordinal);
    }

    private static string Line(CapturedFrame frame, SummaryOptions? options = null)
    {
        Packet packet = Packet.Dissect(frame);
        return new PacketSummary(options ?? s_plain).Format(packet, new StreamTable().Observe(packet));
    }

    private static CapturedFrame Sample(string name) => FrameSamples.All().Single(sample => sample.Name == name).Frame;
}
