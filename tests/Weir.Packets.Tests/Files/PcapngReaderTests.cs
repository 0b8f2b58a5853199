using Weir.Packets.Files;
using Weir.Packets.Tests.Samples;
using Xunit;

namespace Weir.Packets.Tests.Files;

public sealed class PcapngReaderTests
{
    private const ulong Microseconds = 1_700_000_000_123_456;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryKindOfPacketBlock_IsRead(bool isLittleEndian)
    {
        var made = new PcapngBytes(isLittleEndian);
        made.Section()
            .Interface(1, 0, made.Option(2, "eth0"), made.Option(3, "a card"))
            .Interface(276, 4)
            .Enhanced(0, Microseconds, [1, 2, 3], original: 9, made.Option(1, "first"), made.Option(1, "second"), made.Option(0, ""))
            .Block(99, made.U32(7))
            .Block(2, made.U16(1), made.U16(0), made.U32((uint)(Microseconds >> 32)), made.U32(unchecked((uint)Microseconds)), made.U32(2), made.U32(2), [7, 8, 0, 0])
            .Block(3, made.U32(5), [5, 4, 3, 2, 1, 0, 0, 0]);

        using CaptureFile file = Open(made.ToArray());
        CapturedFrame[] frames = [.. file.Frames()];
        Assert.Equal((LinkType.Ethernet, 1_700_000_000_123_456_000, 9, 0, "first\nsecond"), Shape(frames[0]));
        Assert.Equal((LinkType.LinuxCookedV2, 1_700_000_000_123_456_000, 2, 1, null), Shape(frames[1]));
        Assert.Equal((LinkType.Ethernet, 0, 5, 0, null), Shape(frames[2]));
        Assert.Equal(["010203", "0708", "0504030201"], frames.Select(frame => Convert.ToHexString(frame.Bytes.Span)));
        Assert.Equal(["eth0", null], file.Interfaces.Select(each => each.Name));
    }

    [Fact]
    public void ASimplePacket_IsCutAsItsInterfaceSays()
    {
        var made = new PcapngBytes(isLittleEndian: true);
        made.Section().Interface(1, snap: 3).Block(3, made.U32(100), [1, 2, 3, 0]);

        CapturedFrame frame = Assert.Single(Open(made.ToArray()).Frames());
        Assert.Equal((3, 100), (frame.Bytes.Length, frame.OriginalBytes));
    }

    [Fact]
    public void Sections_CountTheirInterfacesFromZero_AndHaveTheirOwnOrder()
    {
        var little = new PcapngBytes(isLittleEndian: true);
        little.Section().Interface(1, 0).Enhanced(0, 1, [1]);
        var big = new PcapngBytes(isLittleEndian: false);
        big.Section().Interface(101, 0).Enhanced(0, 2, [2]);

        CapturedFrame[] frames = [.. Open([.. little.ToArray(), .. big.ToArray()]).Frames()];
        Assert.Equal([(LinkType.Ethernet, 1000, 1, 0, null), (LinkType.Raw, 2000, 1, 1, null)], frames.Select(Shape));
    }

    [Theory]
    [InlineData(6, 0, 1_500_000, 1_500_000_000)]
    [InlineData(9, 0, 1_500_000, 1_500_000)]
    [InlineData(0, 0, 15, 15_000_000_000)]
    [InlineData(12, 0, 1_500_000, 1_500)]
    [InlineData(127, 0, 1_500_000, 0)]
    [InlineData(0x80 | 10, 0, 1536, 1_500_000_000)]
    [InlineData(0x80 | 127, 0, 1536, 0)]
    [InlineData(9, 7, 5, 7_000_000_005)]
    [InlineData(9, -7, 5, -6_999_999_995)]
    [InlineData(0, 0, ulong.MaxValue, long.MaxValue)]
    [InlineData(9, long.MinValue, 0, long.MinValue)]
    public void Times_AreInTheInterfacesUnit(int resolution, long offset, ulong ticks, long expected)
    {
        var made = new PcapngBytes(isLittleEndian: false);
        made.Section()
            .Interface(1, 0, made.Option(9, [(byte)resolution]), made.Option(14, made.U64(unchecked((ulong)offset))))
            .Enhanced(0, ticks, [1]);

        Assert.Equal(expected, Assert.Single(Open(made.ToArray()).Frames()).TimestampNs);
    }

    [Fact]
    public void BrokenBlocks_EndTheFileWithTheirPlace()
    {
        var made = new PcapngBytes(isLittleEndian: true);
        byte[] whole = made.Section().Interface(1, 0).Enhanced(0, 1, [1, 2, 3]).ToArray();

        AssertFault(whole, [1, 2, 3], "a block's header is cut off at 3 of 12 bytes");
        AssertFault(whole, Block(made, 6, 13), "a block of 13 bytes, where 12 to 16777216 in steps of 4 are possible");
        AssertFault(whole, Block(made, 6, 0), "a block of 0 bytes, where 12 to 16777216 in steps of 4 are possible");
        AssertFault(whole, Block(made, 6, 0x7FFFFFFC), "a block of 2147483644 bytes, where 12 to 16777216 in steps of 4 are possible");
        AssertFault(whole, Block(made, 6, 64), "a block is cut off at 32 of 64 bytes");
        AssertFault(whole, Block(made, 6, 32, again: 36), "a block says at its beginning that it has 32 bytes, and at its end 36");
        AssertFault(whole, new PcapngBytes(true).Enhanced(1, 0, []).ToArray(), "a packet of interface 1, of 1 that are described");
        AssertFault(whole, new PcapngBytes(true).Block(6, made.U32(0), made.U32(0)).ToArray(), "a packet of 0 bytes in a block with 0");
        AssertFault(whole, new PcapngBytes(true).Block(6, new byte[12], made.U32(5), made.U32(5), new byte[4]).ToArray(), "a packet of 5 bytes in a block with 4");
        AssertFault(whole, new PcapngBytes(true).Block(1, made.U32(0)).ToArray(), "the description of an interface has 4 bytes, of at least 8");
        AssertFault(whole, new PcapngBytes(true).Block(0x0A0D0D0A, new byte[16]).ToArray(), "a section with the byte order 0x00000000");
        AssertFault(
            whole, new PcapngBytes(true).Block(0x0A0D0D0A, made.U32(0x1A2B3C4D), made.U16(2), made.U16(0), new byte[8]).ToArray(),
            "a section of version 2, where 1 is known");
    }

    [Fact]
    public void ALengthField_ReservesNoMemory()
    {
        var made = new PcapngBytes(isLittleEndian: true);
        byte[] bytes = [.. made.Section().ToArray(), .. Block(made, 6, 16 * 1024 * 1024)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        using CaptureFile file = Open(bytes);
        Assert.False(file.TryRead(out _));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [InlineData("", "x: byte 0: the file is empty")]
    [InlineData("0102", "x: byte 0: no capture: the file is too short")]
    [InlineData("7f454c46", "x: byte 0: no capture: it begins with 0x7f454c46, and pcap and pcapng do not")]
    [InlineData("1f8b0800", "x: byte 0: no capture: it begins with gzip's bytes; unpack it first")]
    [InlineData("d4c3b2a100", "x: byte 0: the header is cut off at 5 of 24 bytes")]
    public void OtherFiles_AreRefused(string hex, string message) =>
        Assert.Equal(message, Assert.Throws<CaptureFileException>(() => CaptureFile.Open(new MemoryStream(Frames.Hex(hex)), "x")).Message);

    [Fact]
    public void AFileThatIsNotThere_IsAnError() => Assert.Throws<FileNotFoundException>(() => CaptureFile.Open("/nowhere.pcap"));

    private static byte[] Block(PcapngBytes made, uint type, uint length, uint? again = null) =>
        Frames.Join(made.U32(type), made.U32(length), new byte[20], made.U32(again ?? length));

    private static void AssertFault(byte[] whole, byte[] broken, string fault)
    {
        using CaptureFile file = Open([.. whole, .. broken]);
        Assert.True(file.TryRead(out _));
        var error = Assert.Throws<CaptureFileException>(() => file.Frames().Count());
        Assert.Equal((whole.Length, fault), (error.OffsetBytes, error.Fault));
        Assert.Same(error, file.Fault);
        Assert.False(file.TryRead(out _));
    }

    private static CaptureFile Open(byte[] bytes) => CaptureFile.Open(new MemoryStream(bytes), "x");

    private static (LinkType Link, long TimestampNs, int Original, int Interface, string? Comment) Shape(CapturedFrame frame) =>
        (frame.Link, frame.TimestampNs, frame.OriginalBytes, frame.Interface, frame.Comment);
}
