using Weir.Packets.Timelines;
using Xunit;

namespace Weir.Packets.Tests.Timelines;

public sealed class LadderTextTests
{
    [Fact]
    public void ALadder_LooksLikeThis()
    {
        string drawn = LadderText.Draw(SampleTimelines.Request(), new LadderTextOptions { WidthColumns = 110 });

        Assert.Contains("┃─ SYN seq=0 ─", drawn, StringComparison.Ordinal);
        Assert.Contains("connect = 0 after 20.1 ms ┃", drawn, StringComparison.Ordinal);
        Assert.Contains("● SYN_SENT ┃", drawn, StringComparison.Ordinal);
        Assert.Contains("─ seq=1 len=17 ack=1  lost ─✗", drawn, StringComparison.Ordinal);
        Assert.Contains("recv(4096 B) = EAGAIN", drawn, StringComparison.Ordinal);
        Assert.Contains("┊", drawn, StringComparison.Ordinal);
        Assert.Contains("recv(4096 B) does not return", drawn, StringComparison.Ordinal);
        Assert.Contains("retransmission", drawn, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(100, true)]
    [InlineData(100, false)]
    [InlineData(200, false)]
    public void Rows_FitIntoTheWidth_AndIntoAscii(int width, bool useAscii)
    {
        string drawn = LadderText.Draw(SampleTimelines.Request(), new LadderTextOptions { WidthColumns = width, UseAscii = useAscii });

        Assert.All(drawn.Split('\n'), line => Assert.True(line.Length <= width, $"{line.Length} columns: {line}"));
        if (useAscii)
            Assert.DoesNotContain(drawn, letter => letter > 0x7E);
    }

    [Fact]
    public void HostileText_DoesNothingToTheTerminal()
    {
        string drawn = LadderText.Draw(SampleTimelines.Request(client: "\e[31mred\r\n", title: "\e]0;x\a \u202Egnihton"));

        Assert.DoesNotContain(drawn, letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain('\u202E', drawn);
    }

    [Fact]
    public void Colours_AreThere_OnlyWhenAskedFor()
    {
        Assert.DoesNotContain('\e', LadderText.Draw(SampleTimelines.Request()));
        string coloured = LadderText.Draw(SampleTimelines.Request(), new LadderTextOptions { UseColor = true });

        Assert.Contains("\e[0;33m─ seq=1 len=17", coloured.Replace("\e[0m", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\e[0;31m", coloured, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsLeftOut_IsCounted()
    {
        string drawn = LadderText.Draw(SampleTimelines.Request(), new LadderTextOptions { MaxEvents = 3 });

        Assert.EndsWith("8 later events are not drawn\n", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void ASegment_ThatWasOvertaken_ArrivesInARowOfItsOwn()
    {
        var builder = new TimelineBuilder();
        int here = builder.Participant("here");
        int there = builder.Participant("there");
        builder.Add(new SegmentEvent { TimeNs = 0, ReceivedNs = 50_000_000, From = here, To = there, Summary = "seq=1 len=9" });
        builder.Add(new SegmentEvent { TimeNs = 1_000_000, ReceivedNs = 11_000_000, From = here, To = there, Summary = "seq=10 len=9" });

        string[] rows = LadderText.Draw(builder.Build()).Split('\n');

        Assert.Contains("╌", rows[1], StringComparison.Ordinal);
        Assert.Contains("seq=10 len=9", rows[2], StringComparison.Ordinal);
        Assert.Contains("seq=1 len=9, sent 50 ms ago", rows[3], StringComparison.Ordinal);
    }

    [Fact]
    public void ASegment_ToItsOwnSender_IsDrawnToo()
    {
        var builder = new TimelineBuilder();
        int self = builder.Participant("self");
        builder.Add(new SegmentEvent { TimeNs = 0, ReceivedNs = 5, From = self, To = self, Summary = "SYN seq=0" });
        builder.Add(new SegmentEvent { TimeNs = 9, From = self, To = self, Summary = "SYN seq=0", Fate = SegmentFate.Lost });

        Assert.NotEmpty(LadderText.Draw(builder.Build()));
        Assert.DoesNotContain("NaN", LadderSvg.Draw(builder.Build()), StringComparison.Ordinal);
    }

    [Fact]
    public void NothingAtAll_IsDrawnToo()
    {
        Assert.NotNull(LadderText.Draw(new TimelineBuilder().Build()));
        Assert.NotNull(LadderSvg.Draw(new TimelineBuilder().Build()));
    }
}
