using System.Xml.Linq;
using Weir.Packets.Analysis;
using Weir.Packets.Timelines;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Ladders;

/// <summary>The ladders in docs/ are made here: <c>WEIR_ACCEPT_LADDERS=1 ./test --filter LadderTests</c> draws them anew.</summary>
public sealed class LadderTests
{
    private const SegmentFindings SentAgain = SegmentFindings.Retransmission | SegmentFindings.FastRetransmission | SegmentFindings.OutOfOrder;

    private static readonly bool s_isAccepting = Environment.GetEnvironmentVariable("WEIR_ACCEPT_LADDERS") is "1";

    [HostFact]
    public async Task ALostSegment_AndItsRetransmission_AreDrawn()
    {
        await using Pair pair = Pair.Create();
        using var scene = new LadderScene(pair);
        pair.Wire.SetConditions(new WireConditions { Delay = TimeSpan.FromMilliseconds(20) });
        pair.Wire.BToA.Drop(Segments.Data(2), times: 1);

        await scene.Ask();
        Timeline timeline = scene.Draw("The second segment of an answer is lost");

        SegmentEvent[] segments = [.. timeline.Events.OfType<SegmentEvent>()];
        SegmentEvent lost = Assert.Single(segments, segment => segment.Fate == SegmentFate.Lost);
        Assert.Equal((1001, 1000), (lost.Sequence, lost.LengthBytes));
        SegmentEvent again = Assert.Single(segments, segment => segment.Sequence == 1001 && segment != lost);
        // By its time alone: the names are Wireshark's, and on a machine with much else to do it comes too late for one, or too early for the other.
        Assert.NotEqual(SegmentFindings.None, again.Findings & SentAgain);
        Assert.All(segments.Where(segment => segment != lost), segment => Assert.True(segment.ReceivedNs - segment.TimeNs >= 20_000_000));
        Keep("ladder-lost-segment.svg", timeline, s_isAccepting ? "fast retransmission" : "lost");
    }

    [HostFact]
    public async Task AClosedWindow_AndItsProbes_AreDrawn()
    {
        await using Pair pair = Pair.Create();
        using var scene = new LadderScene(pair);
        pair.Wire.SetConditions(new WireConditions { Delay = TimeSpan.FromMilliseconds(20) });

        await scene.Overrun();
        Timeline timeline = scene.Draw("A receiver without room, and the probes for it");

        string[] remarks = [.. timeline.Events.OfType<SegmentEvent>().Select(segment => segment.Remark)];
        Assert.Contains(remarks, remark => remark.Contains("zero-window probe", StringComparison.Ordinal));
        Assert.Contains(remarks, remark => remark.Contains("zero window", StringComparison.Ordinal));
        Keep("ladder-zero-window.svg", timeline, "zero-window probe");
    }

    [Theory]
    [InlineData("ladder-lost-segment.svg")]
    [InlineData("ladder-zero-window.svg")]
    public void TheLaddersInTheDocumentation_AreWhole(string file)
    {
        XElement drawing = XDocument.Load(Repository.At("docs", file)).Root!;

        Assert.Equal(("svg", "img"), (drawing.Name.LocalName, drawing.Attribute("role")?.Value));
    }

    private static void Keep(string file, Timeline timeline, string expected)
    {
        string drawing = LadderSvg.Draw(timeline);
        Assert.Contains(expected, XDocument.Parse(drawing).Root!.Value, StringComparison.Ordinal);
        if (s_isAccepting)
            File.WriteAllText(Repository.At("docs", file), drawing);
    }
}
