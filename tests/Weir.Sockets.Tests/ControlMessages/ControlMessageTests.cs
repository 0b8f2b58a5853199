using FsCheck.Fluent;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.ControlMessages;

public sealed class ControlMessageTests
{
    [Fact]
    public void Written_IsReadBack_AtAnyAlignment()
    {
        for (int offset = 0; offset < 8; offset++)
        {
            var writer = new ControlMessageWriter(new byte[256].AsSpan(offset));
            writer.Add(SOL_SOCKET, type: 77, "seven--"u8);
            writer.Add(IPPROTO_IP, type: 8, []);
            writer.Add(IPPROTO_TCP, type: 9, "nine"u8);

            var reader = new ControlMessageReader(writer.Written);
            Assert.True(reader.MoveNext());
            Assert.Equal((SOL_SOCKET, 77), (reader.Level, reader.Type));
            Assert.Equal("seven--"u8, reader.Data);
            Assert.True(reader.MoveNext());
            Assert.Equal((IPPROTO_IP, 8, 0), (reader.Level, reader.Type, reader.Data.Length));
            Assert.True(reader.MoveNext());
            Assert.Equal("nine"u8, reader.Data);
            Assert.False(reader.MoveNext());
        }
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 24)]
    [InlineData(8, 24)]
    [InlineData(12, 32)]
    public void SpaceFor_IsCmsgSpace(int dataBytes, int expected) => Assert.Equal(expected, ControlMessageWriter.SpaceFor(dataBytes));

    [Fact]
    public void Add_WithoutRoom_SaysHowMuchIsMissing() =>
        Assert.Equal(
            "The control buffer has 23 bytes left; this message needs 24. (Parameter 'data')",
            Assert.Throws<ArgumentException>(() => new ControlMessageWriter(new byte[23]).Add(SOL_SOCKET, 1, "four"u8)).Message);

    /// <summary>Whatever the bytes are, reading ends, and no data lies outside of them.</summary>
    [Fact]
    public void AnyBytes_AreReadToTheirEnd() => TestSeed.ForAll(
        from length in Gen.Choose(0, 80)
        from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        from first in Gen.Choose(0, 100)
        select (bytes, first),
        sample =>
        {
            if (sample.bytes.Length >= 8)
                BitConverter.TryWriteBytes(sample.bytes, (long)sample.first);
            var reader = new ControlMessageReader(sample.bytes);
            int messages = 0, dataBytes = 0;
            while (reader.MoveNext())
                (messages, dataBytes) = (messages + 1, dataBytes + reader.Data.Length);
            Assert.True((messages * 16) + dataBytes <= sample.bytes.Length);
        });
}
