using Weir.Collecting;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Collecting;

/// <summary>What becomes of one datagram or message.</summary>
public sealed class PacketRecordsTests
{
    [Theory]
    [InlineData("one", new[] { "one\n" })]
    [InlineData("one\n", new[] { "one\n" })]
    [InlineData("one\ntwo", new[] { "one\n", "two\n" })]
    [InlineData("one\n\ntwo\n", new[] { "one\n", "\n", "two\n" })]
    [InlineData("", new[] { "\n" })]
    [InlineData("\n", new[] { "\n" })]
    [InlineData("abcde", new[] { "abcde\n" })]
    [InlineData("abcdefg\n", new[] { "abcde\n", "fg\n" })]
    [InlineData("abcdefghij", new[] { "abcde\n", "fghij\n" })]
    public void Lines_EachHaveANewline(string sent, string[] records) => Assert.Equal(records, Take(RecordFraming.Lines, sent));

    [Theory]
    [InlineData(RecordFraming.Datagrams, "one\ntwo", new[] { "one\ntwo" })]
    [InlineData(RecordFraming.Datagrams, "", new[] { "" })]
    [InlineData(RecordFraming.Raw, "one\ntwo", new[] { "one\ntwo" })]
    [InlineData(RecordFraming.Raw, "", new string[0])]
    public void OtherFramings_LeaveItAsItIs(RecordFraming framing, string sent, string[] records) => Assert.Equal(records, Take(framing, sent));

    private static string[] Take(RecordFraming framing, string sent) =>
        Pieces.Take(new Packet(new CollectorOptions { Urls = [], Framing = framing, MaxLineBytes = 5 }, sent));

    private sealed class Packet(CollectorOptions options, string sent) : PacketRecords(options, static () => { })
    {
        private bool _isTaken;

        public override bool TryTake(RecordBatch batch)
        {
            if (_isTaken)
                return false;
            Add(Bytes.Of(sent), batch);
            return _isTaken = true;
        }
    }
}
