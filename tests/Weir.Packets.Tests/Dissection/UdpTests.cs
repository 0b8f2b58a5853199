using Weir.Packets.Dissection;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class UdpTests
{
    [Fact]
    public void ThePayload_IsAsLongAsTheHeaderSays()
    {
        Packet packet = Packet.Dissect(Frame(Ipv4(17, Udp(1000, 2000, [1, 2, 3], length: 10)), LinkType.Raw));

        Assert.Equal((1000, 2000, 10), (packet.Udp!.SourcePort, packet.Udp.DestinationPort, packet.Udp.LengthBytes));
        Assert.Equal([1, 2], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData(7, "udp: a length of 7 bytes")]
    [InlineData(12, "udp: 12 bytes announced, 11 came")]
    public void WrongLengths_AreNoted(int length, string note) =>
        Assert.Equal(note, Assert.Single(Packet.Dissect(Frame(Ipv4(17, Udp(1, 2, [1, 2, 3], length)), LinkType.Raw)).Notes));

    [Fact]
    public void AChecksumOfZero_IsNone()
    {
        byte[] bytes = Ipv4(17, Udp(1, 2, [1]));
        bytes[26] = bytes[27] = 0;

        Assert.Equal(ChecksumState.Absent, Packet.Dissect(Frame(bytes, LinkType.Raw)).Udp!.ChecksumState);
    }

    [Fact]
    public void Checksums_AreComparedWhenAsked()
    {
        var verify = new DissectionOptions { VerifyChecksums = true };
        byte[] bytes = Ipv6(17, Udp(1, 2, [1, 2, 3]));

        Assert.Equal(ChecksumState.Correct, Packet.Dissect(Frame(bytes, LinkType.Raw), verify).Udp!.ChecksumState);
        bytes[^1]++;
        Assert.Equal("udp: the checksum is wrong", Assert.Single(Packet.Dissect(Frame(bytes, LinkType.Raw), verify).Notes));
    }
}
