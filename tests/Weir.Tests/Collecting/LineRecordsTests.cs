using System.Buffers;
using FsCheck.Fluent;
using Weir.Collecting;
using Weir.Testing;
using Xunit;

namespace Weir.Tests.Collecting;

public sealed class LineRecordsTests
{
    private int _cuts;

    [Fact]
    public void WholeLines_AreTaken_AndTheRestStays()
    {
        LineRecords lines = Lines(100);

        lines.Offer(Pieces.Of("one\ntwo\nthr"), isLast: false);

        Assert.Equal(["one\n", "two\n"], Pieces.Take(lines));
        Assert.Equal("thr", Text(lines.Rest));
    }

    [Fact]
    public void ALineInSeveralPieces_IsOneRecord()
    {
        LineRecords lines = Lines(100);

        lines.Offer(Pieces.Of("o", "n", "e\ntw", "o\n"), isLast: false);

        Assert.Equal(["one\n", "two\n"], Pieces.Take(lines));
        Assert.True(lines.Rest.IsEmpty);
    }

    [Fact]
    public void ALineThatGrows_IsTakenWhenItIsWhole()
    {
        LineRecords lines = Lines(100);
        lines.Offer(Pieces.Of("on"), isLast: false);
        Assert.Empty(Pieces.Take(lines));
        lines.Offer(Pieces.Of("on", "e"), isLast: false);
        Assert.Empty(Pieces.Take(lines));

        lines.Offer(Pieces.Of("on", "e", "\n\ntwo\n"), isLast: false);

        Assert.Equal(["one\n", "\n", "two\n"], Pieces.Take(lines));
    }

    [Fact]
    public void TheLastLine_GetsItsNewline()
    {
        LineRecords lines = Lines(100);
        lines.Offer(Pieces.Of("one\ntwo"), isLast: true);

        Assert.Equal(["one\n", "two\n"], Pieces.Take(lines));
    }

    [Fact]
    public void AnEndAfterANewline_AddsNothing()
    {
        LineRecords lines = Lines(100);
        lines.Offer(Pieces.Of("one\n"), isLast: true);

        Assert.Equal(["one\n"], Pieces.Take(lines));
    }

    // Bytes are no text: an end of a line of others' systems and a zero are part of it.
    [Fact]
    public void OnlyANewline_EndsALine()
    {
        LineRecords lines = Lines(100);
        lines.Offer(Pieces.Of("a\0b\r\n\0\r\n"), isLast: false);

        Assert.Equal(["a\0b\r\n", "\0\r\n"], Pieces.Take(lines));
    }

    [Theory]
    [InlineData("abcd\n", new[] { "abcd\n" }, 0)]
    [InlineData("abcde\n", new[] { "abcd\n", "e\n" }, 1)]
    [InlineData("abcdefghi\nx\n", new[] { "abcd\n", "efgh\n", "i\n", "x\n" }, 2)]
    [InlineData("abcd", new string[0], 0)]
    [InlineData("abcde", new[] { "abcd\n" }, 1)]
    public void ALineBeyondTheLimit_IsCut(string sent, string[] records, int cuts)
    {
        LineRecords lines = Lines(4);
        lines.Offer(Pieces.Of(sent), isLast: false);

        Assert.Equal(records, Pieces.Take(lines));
        Assert.Equal(cuts, _cuts);
    }

    // However the bytes come, the lines are the same.
    [Fact]
    public void Lines_DoNotDependOnHowTheyCome() => TestSeed.ForAll(
        Gen.Elements('a', 'b', '\n').ArrayOf().Zip(Gen.Choose(1, 7)),
        static sent =>
        {
            (char[] characters, int step) = sent;
            string text = new(characters);
            var lines = new LineRecords(5, static () => { });
            List<string> records = [];
            string unread = "";
            for (int start = 0; start < text.Length; start += step)
            {
                unread += text[start..Math.Min(text.Length, start + step)];
                lines.Offer(Pieces.Of([.. unread.Select(character => character.ToString())]), isLast: false);
                records.AddRange(Pieces.Take(lines));
                unread = Text(lines.Rest);
            }

            lines.Offer(Pieces.Of(unread), isLast: true);
            records.AddRange(Pieces.Take(lines));

            Assert.Equal(Expected(text, 5), string.Concat(records));
            Assert.All(records, record => Assert.True(record.EndsWith('\n') && record.Length <= 6));
        });

    private static string Expected(string text, int limit) => string.Concat(
        text.Split('\n').SkipLast(1).Append(text.Split('\n')[^1])
            .SelectMany((line, index) => Cut(line, limit, isLast: index == text.Count(character => character == '\n'))));

    private static IEnumerable<string> Cut(string line, int limit, bool isLast)
    {
        for (; line.Length > limit; line = line[limit..])
            yield return line[..limit] + '\n';
        if (line.Length > 0 || !isLast)
            yield return line + '\n';
    }

    private LineRecords Lines(int maxLineBytes) => new(maxLineBytes, () => _cuts++);

    private static string Text(in ReadOnlySequence<byte> bytes) => Engines.Bytes.Text(bytes);
}
