using Weir.Packets.Capture;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Capture;

/// <summary>libpcap's filter language on frames that are at hand.</summary>
public sealed class PacketFilterTests
{
    [Theory]
    [InlineData("udp", true)]
    [InlineData("udp dst port 53", true)]
    [InlineData("src host 192.0.2.1 and not tcp", true)]
    [InlineData("tcp", false)]
    [InlineData("greater 1000", false)]
    public void AFrame_MatchesWhatItIs(string expression, bool matches)
    {
        byte[] frame = Ethernet(Ipv4(17, Udp(1234, 53, FrameSamples.DnsQuery)));
        using PacketFilter filter = PacketFilter.Compile(expression, LinkType.Ethernet);

        Assert.Equal(matches, filter.Matches(frame, frame.Length));
    }

    [Fact]
    public void AnExpressionThatIsNone_SaysSo()
    {
        CaptureException refused = Assert.Throws<CaptureException>(() => PacketFilter.Compile("tcp prt 80", LinkType.Ethernet));

        Assert.StartsWith("filter 'tcp prt 80': ", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsPermission);
    }
}
