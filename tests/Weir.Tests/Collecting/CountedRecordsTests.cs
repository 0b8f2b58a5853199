using Weir.Collecting;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Collecting;

/// <summary>Octet counting as RFC 6587 describes it, read and written.</summary>
public sealed class CountedRecordsTests
{
    [Fact]
    public void Records_EndWhereTheirLengthSays()
    {
        CountedRecords records = Offered("3 a\nb", "0 11", " hello world2 x");

        Assert.Equal(["a\nb", "", "hello world"], Pieces.Take(records));
        Assert.Equal("2 x", Bytes.Text(records.Rest));
    }

    [Fact]
    public void WhatIsWritten_IsReadBack()
    {
        CountedRecords records = Offered("3 a\nb", "0 11", " hello world");
        var batch = new RecordBatch(countsOctets: true);
        while (records.TryTake(batch))
        {
            // All of them.
        }

        Assert.Equal("3 a\nb0 11 hello world", Bytes.Text(batch.Memory.Span));
    }

    [Fact]
    public void ARecordThatEndsWithItsStream_IsAsLongAsWhatCame()
    {
        var records = new CountedRecords("peer");
        records.Offer(Pieces.Of("5 ab"), isLast: true);

        Assert.Equal(["ab"], Pieces.Take(records));
    }

    [Theory]
    [InlineData("hello\n", "'LEN SP BYTES' was expected (RFC 6587), and byte 0x68 came")]
    [InlineData(" 5 hello", "byte 0x20 came")]
    [InlineData("5hello", "byte 0x68 came")]
    [InlineData("1048577 ", "a record of 1048577 bytes, and 1048576 is the limit")]
    [InlineData("99999999999 ", "byte 0x39 came")]
    public void Nonsense_IsNamed(string sent, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Pieces.Take(Offered(sent))).Message, StringComparison.Ordinal);

    [Fact]
    public void ALengthThatBreaksOff_IsNamed()
    {
        var records = new CountedRecords("peer");
        records.Offer(Pieces.Of("12"), isLast: true);

        Assert.StartsWith("peer: ", Assert.Throws<InvalidDataException>(() => Pieces.Take(records)).Message, StringComparison.Ordinal);
    }

    private static CountedRecords Offered(params string[] pieces)
    {
        var records = new CountedRecords("peer");
        records.Offer(Pieces.Of(pieces), isLast: false);
        return records;
    }
}
