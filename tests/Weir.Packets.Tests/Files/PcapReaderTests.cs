using Weir.Packets.Files;
using Weir.Packets.Tests.Samples;
using Xunit;

namespace Weir.Packets.Tests.Files;

public sealed class PcapReaderTests
{
    [Theory]
    [InlineData(true, 0xA1B2C3D4, 123_456_000)]
    [InlineData(false, 0xA1B2C3D4, 123_456_000)]
    [InlineData(true, 0xA1B23C4D, 123_456)]
    [InlineData(false, 0xA1B23C4D, 123_456)]
    public void EitherOrderAndUnit_IsRead(bool isLittleEndian, uint magic, long fractionNs)
    {
        var made = new PcapngBytes(isLittleEndian);
        // Checksums of two words follow each frame: the upper bits of the link type say so.
        Header(made, magic, link: 0x24000001);
        Record(made, 123_456, captured: 3, original: 60, [1, 2, 3]);
        Record(made, 0, captured: 1, original: 0, [4]);

        using var file = CaptureFile.Open(new MemoryStream(made.ToArray()), "x");
        CapturedFrame[] frames = [.. file.Frames()];
        Assert.Equal((LinkType.Ethernet, 1_700_000_000_000_000_000 + fractionNs, 60), (frames[0].Link, frames[0].TimestampNs, frames[0].OriginalBytes));
        Assert.Equal([1, 2, 3], frames[0].Bytes.ToArray());
        Assert.Equal(1, frames[1].OriginalBytes);
        Assert.Equal(65_535, Assert.Single(file.Interfaces).SnapBytes);
    }

    [Fact]
    public void BrokenRecords_EndTheFileWithTheirPlace()
    {
        AssertFault(made => made.Raw(1, 2, 3), "a packet's header is cut off at 3 of 16 bytes");
        AssertFault(made => Record(made, 0, captured: 10, original: 10, [1, 2]), "a packet is cut off at 2 of 10 bytes");
        AssertFault(made => Record(made, 0, captured: uint.MaxValue, original: 10, [1, 2]), "a packet of 4294967295 bytes, where 16777216 is the limit");
    }

    private static void AssertFault(Action<PcapngBytes> breaking, string fault)
    {
        var made = new PcapngBytes(isLittleEndian: true);
        Header(made, 0xA1B2C3D4, link: 1);
        Record(made, 0, captured: 1, original: 1, [1]);
        long whole = made.ToArray().Length;
        breaking(made);
        using var file = CaptureFile.Open(new MemoryStream(made.ToArray()), "x");

        Assert.True(file.TryRead(out _));
        Assert.False(file.TryRead(out _));
        Assert.Equal((whole, fault), (file.Fault!.OffsetBytes, file.Fault.Fault));
    }

    private static void Header(PcapngBytes made, uint magic, uint link) =>
        made.Raw(Frames.Join(made.U32(magic), made.U16(2), made.U16(4), made.U32(0), made.U32(0), made.U32(65_535), made.U32(link)));

    private static void Record(PcapngBytes made, uint fraction, uint captured, uint original, byte[] bytes) =>
        made.Raw(Frames.Join(made.U32(1_700_000_000), made.U32(fraction), made.U32(captured), made.U32(original), bytes));
}
