using Weir.Packets.Dissection;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class TcpTests
{
    private static readonly DissectionOptions s_verify = new() { VerifyChecksums = true };

    [Fact]
    public void EveryField_IsRead()
    {
        TcpHeader tcp = Segment(Tcp(40000, 80, seq: 0xFFFFFFF0, ack: 7, flags: 0x1FF, window: 0xFEDC, urgent: 5)).Tcp!;

        Assert.Equal((40000, 80, 0xFFFFFFF0u, 7u), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence.Value, tcp.Acknowledgment.Value));
        Assert.Equal((0xFEDC, 20, 5), (tcp.Window, tcp.HeaderBytes, tcp.UrgentPointer));
        Assert.Equal(
            TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Psh | TcpFlags.Ack | TcpFlags.Urg | TcpFlags.Ece | TcpFlags.Cwr | TcpFlags.Ae,
            tcp.Flags);
    }

    [Fact]
    public void TheOptionsOfASyn_AreRead()
    {
        TcpOptions options = Options("0204 05b4 0402 080a 00000001 00000002 01 030307");

        Assert.Equal((1460, 7, true), (options.MaximumSegmentBytes, options.WindowScale, options.SackPermitted));
        Assert.Equal(new TcpTimestamps(1, 2), options.Timestamps);
        Assert.Equal(20, options.LengthBytes);
    }

    [Fact]
    public void RareOptions_AreRead_AndUnknownOnesKept()
    {
        TcpOptions options = Options("2206 01020304 fd04 abcd 1312 000102030405060708090a0b0c0d0e0f");

        Assert.Equal([1, 2, 3, 4], options.FastOpenCookie!.Value.ToArray());
        Assert.True(options.HasMd5);
        TcpOption other = Assert.Single(options.Others);
        Assert.Equal((253, "ABCD"), (other.Kind, Convert.ToHexString(other.Data.Span)));
        Assert.Equal([9, 8], Options("fe06 f989 0908").FastOpenCookie!.Value.ToArray());
    }

    [Theory]
    [InlineData("0101 050a 00000064 00000065", 50, false)]
    [InlineData("0101 050a 00000010 00000020", 50, true)]
    [InlineData("0101 0512 00000070 00000078 00000064 00000080", 50, true)]
    [InlineData("0101 0512 00000090 00000098 00000064 00000080", 50, false)]
    public void ADuplicateSack_IsTold(string hex, uint ack, bool isDuplicate)
    {
        TcpOptions options = Segment(Tcp(1, 2, ack: ack, options: Hex(hex))).Tcp!.Options;

        Assert.Equal(isDuplicate, options.HasDuplicateSack);
        Assert.Equal((hex.Replace(" ", "").Length - 8) / 16, options.SackBlocks.Count);
    }

    [Theory]
    [InlineData("02 00 0000", "tcp: option 2 is 0 bytes long, of 4")]
    [InlineData("01 01 01 02", "tcp: option 2 is 0 bytes long, of 1")]
    [InlineData("02 09 0000", "tcp: option 2 is 9 bytes long, of 4")]
    [InlineData("03 04 0000", "tcp: option 3 with 4 bytes")]
    public void WrongOptions_AreNoted(string hex, string note) =>
        Assert.Equal(note, Assert.Single(Segment(Tcp(1, 2, options: Hex(hex))).Notes));

    [Fact]
    public void Headers_ThatAreCutOff_AreNoted()
    {
        Packet cut = Segment(Tcp(1, 2)[..12]);
        Packet options = Packet.Dissect(Frame(Ipv4(6, Tcp(1, 2, options: new byte[20]))[..50], LinkType.Raw, original: 60));

        Assert.Equal("tcp: the header is cut off at 12 of 20 bytes", Assert.Single(cut.Notes));
        Assert.Null(cut.Tcp);
        Assert.Equal(["frame: 50 of 60 bytes were captured", "tcp: the header is cut off at 30 of 40 bytes"], options.Notes);
        Assert.Equal(2, options.Tcp!.DestinationPort);
    }

    [Fact]
    public void Checksums_AreComparedWhenAsked()
    {
        byte[] right = Ipv4(6, Tcp(1, 2, payload: [1, 2, 3]));
        byte[] wrong = [.. right];
        wrong[^1]++;

        Assert.Equal(ChecksumState.Correct, Verified(right).Tcp!.ChecksumState);
        Assert.Equal(ChecksumState.Correct, Verified(Ipv6(6, Tcp(1, 2, payload: [1, 2, 3]))).Tcp!.ChecksumState);
        Assert.Equal(ChecksumState.NotVerified, Packet.Dissect(Frame(wrong, LinkType.Raw)).Tcp!.ChecksumState);
        Assert.Equal("tcp: the checksum is wrong", Assert.Single(Verified(wrong).Notes));
    }

    [Fact]
    public void UnderWayThroughARoutingHeader_NoChecksumIsWrong()
    {
        byte[] bytes = Ipv6(43, Join(Hex("0600 0001 0000 0000"), Tcp(1, 2)), transport: 6, skip: 8);
        bytes[39]++;

        Assert.Equal(ChecksumState.NotVerified, Verified(bytes).Tcp!.ChecksumState);
        Assert.Empty(Verified(bytes).Notes);
    }

    private static Packet Verified(byte[] bytes) => Packet.Dissect(Frame(bytes, LinkType.Raw), s_verify);

    private static Packet Segment(byte[] tcp) => Packet.Dissect(Frame(Ipv4(6, tcp), LinkType.Raw));

    private static TcpOptions Options(string hex) => Segment(Tcp(1, 2, options: Hex(hex))).Tcp!.Options;
}
