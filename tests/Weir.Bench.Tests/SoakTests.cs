using System.Buffers;
using Xunit;

namespace Weir.Bench.Tests;

public class SoakTests
{
    private static readonly SoakPlan s_echo = new(SoakHandler.Echo, SoakEnd.HalfClose) { TotalBytes = 100, AmountBytes = 50 };

    [Fact]
    public void Header_IsReadBack_AndWaitsForItsLastByte()
    {
        byte[] bytes = new byte[SoakHeader.SizeBytes + 1];
        var header = new SoakHeader(SoakHandler.Aborts, AmountBytes: 123_456);
        header.Write(bytes);

        Assert.True(SoakHeader.TryRead(new ReadOnlySequence<byte>(bytes), out SoakHeader read));
        Assert.Equal(header, read);
        Assert.False(SoakHeader.TryRead(new ReadOnlySequence<byte>(bytes, 0, SoakHeader.SizeBytes - 1), out _));
    }

    [Fact]
    public void Pattern_FindsTheFirstWrongByte_AcrossTheTablesEnd()
    {
        var pattern = new SoakPattern(seed: 1);
        byte[] echo = new byte[300_000];
        for (int done = 0; done < echo.Length;)
        {
            ReadOnlySpan<byte> piece = pattern.At(start: 200_000, done, echo.Length - done);
            piece.CopyTo(echo.AsSpan(done));
            done += piece.Length;
        }

        Assert.Equal(-1, pattern.FirstWrong(start: 200_000, position: 0, echo));
        echo[123_456] ^= 1;
        Assert.Equal(123_456, pattern.FirstWrong(start: 200_000, position: 0, echo));
        Assert.Equal(23_456, pattern.FirstWrong(start: 200_000, position: 100_000, echo.AsSpan(100_000)));
    }

    [Fact]
    public void Plans_AreTheSame_ForTheSameSeed()
    {
        var (first, second) = (new Random(7), new Random(7));

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(SoakPlan.Draw(first), SoakPlan.Draw(second)));
    }

    [Fact]
    public void Plans_CoverEveryHandlerAndEnd()
    {
        var random = new Random(1);
        SoakPlan[] plans = [.. Enumerable.Range(0, 10_000).Select(_ => SoakPlan.Draw(random))];

        Assert.Equal(Enum.GetValues<SoakHandler>(), plans.Select(plan => plan.Handler).Distinct().Order());
        Assert.Equal(Enum.GetValues<SoakEnd>(), plans.Select(plan => plan.End).Distinct().Order());
        Assert.Contains(plans, plan => plan.Handler == SoakHandler.HalfCloses && !plan.IsCutByServer);
    }

    [Fact]
    public void AnEcho_HasToBeWhole()
    {
        Assert.Null(SoakVerdict.OnEnd(s_echo, SoakScheme.Tcp, receivedBytes: 100, hasEndedStream: true));
        Assert.NotNull(SoakVerdict.OnEnd(s_echo, SoakScheme.Tcp, receivedBytes: 99, hasEndedStream: true));
        Assert.NotNull(SoakVerdict.OnEnd(s_echo, SoakScheme.Tcp, receivedBytes: 100, hasEndedStream: false));
        Assert.NotNull(SoakVerdict.OnReset(s_echo, receivedBytes: 100));
        Assert.NotNull(SoakVerdict.OnBytes(s_echo, receivedBytes: 101));
    }

    [Theory]
    [InlineData(nameof(SoakHandler.Throws))]
    [InlineData(nameof(SoakHandler.Aborts))]
    public void AHandlerThatFails_Resets_AndOnUnixSocketsEnds(string handler)
    {
        SoakPlan plan = s_echo with { Handler = Enum.Parse<SoakHandler>(handler) };

        Assert.Null(SoakVerdict.OnReset(plan, receivedBytes: 50));
        Assert.NotNull(SoakVerdict.OnReset(plan, receivedBytes: 51));
        Assert.NotNull(SoakVerdict.OnEnd(plan, SoakScheme.Tcp, receivedBytes: 50, hasEndedStream: true));
        Assert.Null(SoakVerdict.OnEnd(plan, SoakScheme.Unix, receivedBytes: 50, hasEndedStream: true));
    }

    [Fact]
    public void AHandlerThatHalfCloses_SendsExactlyItsAmount()
    {
        SoakPlan plan = s_echo with { Handler = SoakHandler.HalfCloses };

        Assert.Null(SoakVerdict.OnEnd(plan, SoakScheme.Tcp, receivedBytes: 50, hasEndedStream: false));
        Assert.NotNull(SoakVerdict.OnEnd(plan, SoakScheme.Tcp, receivedBytes: 49, hasEndedStream: false));
        Assert.NotNull(SoakVerdict.OnReset(plan, receivedBytes: 50));
        Assert.Null(SoakVerdict.OnEnd(plan with { AmountBytes = 101 }, SoakScheme.Tcp, receivedBytes: 100, hasEndedStream: true));
    }

    [Theory]
    [InlineData("socket:[4711]", "socket")]
    [InlineData("pipe:[1]", "pipe")]
    [InlineData("anon_inode:[eventpoll]", "eventpoll")]
    [InlineData("anon_inode:inotify", "inotify")]
    [InlineData("/dev/null", "/dev/null")]
    [InlineData("/a:b", "/a:b")]
    public void Descriptors_AreOfAKind(string target, string kind) => Assert.Equal(kind, DescriptorCounts.KindOf(target));

    [Fact]
    public void Descriptors_DifferByWhatChanged() => Assert.Equal(
        new Dictionary<string, int> { ["socket"] = 2, ["pipe"] = -1 },
        DescriptorCounts.Difference(
            before: new Dictionary<string, int> { ["file"] = 3, ["pipe"] = 1 },
            after: new Dictionary<string, int> { ["file"] = 3, ["socket"] = 2 }));

    [Fact]
    public void Engines_AreNamedInLowerCase()
    {
        Assert.Equal(LoopEngine.Select, EngineOption.Parse("select"));
        Assert.Equal(LoopEngine.Auto, EngineOption.Parse(null));
        Assert.Equal(BenchException.Environment, Assert.Throws<BenchException>(() => EngineOption.Parse("kqueue")).ExitCode);
    }
}
