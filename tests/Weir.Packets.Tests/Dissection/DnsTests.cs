using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class DnsTests
{
    [Fact]
    public void AQuestion_IsRead()
    {
        DnsMessage dns = Dissect(FrameSamples.DnsQuery).Dns!;

        Assert.Equal((0xBEEF, false, true), (dns.Id, dns.IsResponse, dns.RecursionDesired));
        Assert.Equal([new DnsQuestion("example.com", DnsType.A, 1)], dns.Questions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answers_AreRead_OverUdpAndTcp(bool isStream)
    {
        DnsMessage dns = isStream
            ? Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == "dns tcp").Frame).Dns!
            : Dissect(FrameSamples.DnsAnswer).Dns!;

        Assert.Equal((true, true, DnsResponseCode.NoError), (dns.IsResponse, dns.IsAuthoritative, dns.ResponseCode));
        Assert.Equal(
            [
                (DnsType.A, "192.0.2.1"), (DnsType.AAAA, "2001:db8::1"), (DnsType.CNAME, "www.example.com"),
                (DnsType.MX, "10 mail.example.com"), (DnsType.TXT, "\"hello\" \"\\x1bx\""), (DnsType.SRV, "1 2 8080 example.com"),
                (DnsType.NS, "example.com"), (DnsType.PTR, "host.example.net"), (DnsType.HTTPS, null),
            ],
            dns.Answers.Select(answer => (answer.Type, answer.Data)));
        Assert.All(dns.Answers, answer => Assert.Equal(("example.com", 300u), (answer.Name, answer.TimeToLiveSeconds)));
        Assert.Equal(10, dns.Answers[^1].DataBytes);
        Assert.Equal("example.com admin.example.com 1 2 3 4 5", Assert.Single(dns.Authorities).Data);
    }

    [Theory]
    [InlineData("c00c")]
    [InlineData("c0ff")]
    [InlineData("01 61 c00c")]
    [InlineData("80")]
    [InlineData("3f 61")]
    public void Names_ThatLeadRoundOrNowhere_AreNoted(string hex)
    {
        Packet packet = Dissect(Join(Hex("beef 0100 0001 0000 0000 0000"), Hex(hex), Hex("0001 0001")));

        Assert.Equal("dns: question 1 of 1 is not whole", Assert.Single(packet.Notes));
        Assert.Empty(packet.Dns!.Questions);
    }

    [Fact]
    public void ALongName_IsNone()
    {
        byte[] label = Join([63], new byte[63]);
        byte[] name = Join(label, label, label, label, [0]);

        Assert.Equal(
            "dns: question 1 of 1 is not whole",
            Assert.Single(Dissect(Join(Hex("beef 0100 0001 0000 0000 0000"), name, Hex("0001 0001"))).Notes));
    }

    [Fact]
    public void BytesThatAreNoLetters_AreShownAsNumbers()
    {
        byte[] name = [4, (byte)'a', 0x1b, (byte)'.', 0xFF, 0];

        Assert.Equal(@"a\027\.\255", Dissect(Join(Hex("0001 0100 0001 0000 0000 0000"), name, Hex("0001 0001"))).Dns!.Questions[0].Name);
    }

    [Fact]
    public void CountsBeyondTheLimit_AreNoted()
    {
        byte[] questions = Join([.. Enumerable.Repeat(Hex("00 0001 0001"), 500)]);
        Packet packet = Dissect(Join(Hex("beef 0100 ffff 0000 0000 0000"), questions));

        Assert.Equal(DnsDissector.MaxRecords, packet.Dns!.Questions.Count);
        Assert.Equal("dns: more than 128 records", Assert.Single(packet.Notes));
    }

    [Fact]
    public void OtherPorts_CanBeNamed()
    {
        CapturedFrame frame = Frame(Ipv4(17, Udp(40000, 5300, FrameSamples.DnsQuery)), LinkType.Raw);

        Assert.Null(Packet.Dissect(frame).Dns);
        Assert.NotNull(Packet.Dissect(frame, new DissectionOptions { DnsPorts = [5300] }).Dns);
    }

    private static Packet Dissect(byte[] message) => Packet.Dissect(Frame(Ipv4(17, Udp(53, 40000, message)), LinkType.Raw));
}
