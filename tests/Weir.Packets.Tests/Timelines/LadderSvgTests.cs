using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weir.Packets.Timelines;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Packets.Tests.Timelines;

public sealed partial class LadderSvgTests(ITestOutputHelper output)
{
    // Of the font that the drawing asks for, at 12 px; its text is at least as high as this.
    private const double LetterWidth = 7.2;
    private const double Height = 10;

    [Fact]
    public void EverythingIsThere_AsTextThatCanBeSelected()
    {
        XElement drawing = Draw(SampleTimelines.Request());

        string text = string.Join('\n', Texts(drawing).Select(element => element.Value));
        string[] expected =
        [
            "A lost request", "client", "server", "connect(10.0.0.2:80)", "connect = 0 after 20.1 ms", "SYN_SENT", "SYN seq=0", "lost", "retransmission",
            "recv(4096 B) = EAGAIN", "send queue 17 B", "TcpRetransSegs +1", "the end", "recv(4096 B) does not return",
        ];
        Assert.All(expected, each => Assert.Contains(each, text, StringComparison.Ordinal));
    }

    [Fact]
    public void ADrawing_HasASizeARoleAndADescription()
    {
        XElement drawing = Draw(SampleTimelines.Request());

        Assert.Equal("img", drawing.Attribute("role")?.Value);
        Assert.Equal($"0 0 {drawing.Attribute("width")?.Value} {drawing.Attribute("height")?.Value}", drawing.Attribute("viewBox")?.Value);
        Assert.Equal("A lost request", drawing.Elements().First(element => element.Name.LocalName == "title").Value);
        Assert.Contains("3 calls", drawing.Elements().First(element => element.Name.LocalName == "desc").Value, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", drawing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoDrawings_InOnePage_HaveNothingInCommon()
    {
        XElement[] drawings = [Draw(SampleTimelines.Request(title: "one")), Draw(SampleTimelines.Request(title: "other"))];
        string[][] ids = [.. drawings.Select(drawing => drawing.DescendantsAndSelf().Attributes("id").Select(id => id.Value).ToArray())];

        Assert.Empty(ids[0].Intersect(ids[1]));
        foreach ((XElement drawing, string[] own) in drawings.Zip(ids))
        {
            Assert.Equal(own.Length, own.Distinct().Count());
            Assert.All(drawing.Attribute("aria-labelledby")!.Value.Split(' '), label => Assert.Contains(label, own));
            string sheet = drawing.Elements().Single(element => element.Name.LocalName == "style").Value;
            string[] selectors = [.. Selector().Matches(sheet).Select(match => match.Value.Trim())];
            Assert.True(selectors.Length > 20);
            Assert.All(selectors, selector => Assert.True(selector == $"#{own[0]}" || selector.StartsWith($"#{own[0]} ", StringComparison.Ordinal), selector));
        }
    }

    [Fact]
    public void HostileText_StaysText()
    {
        const string Hostile = "</text><script>alert(1)</script>\" onload='x' \u0000\u0007\uD800&#1;";

        XElement drawing = Draw(SampleTimelines.Request(client: Hostile, title: Hostile));

        Assert.DoesNotContain(drawing.Descendants(), element => element.Name.LocalName == "script");
        Assert.DoesNotContain(drawing.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
    }

    /// <summary>Each far from the others, so that none makes room for another.</summary>
    [Fact]
    public void TheFall_IsTheDelay_InProportionUpToTheUsualOne_AndSlowerAbove()
    {
        double[] delaysMs = [2.5, 5, 10, 10, 20, 40];
        var builder = new TimelineBuilder();
        (int here, int there) = (builder.Participant("here"), builder.Participant("there"));
        for (int index = 0; index < delaysMs.Length; index++)
        {
            long sentNs = index * 1_000_000_000L;
            (int from, int to) = index % 2 == 0 ? (here, there) : (there, here);
            builder.Add(new SegmentEvent { TimeNs = sentNs, ReceivedNs = sentNs + (long)(delaysMs[index] * 1e6), From = from, To = to, Summary = "seq=1 len=9" });
        }

        double[] falls = [.. Ways(Draw(builder.Build())).Select(way => Number(way, "y2") - Number(way, "y1"))];

        double usual = falls[2];
        Assert.Equal(usual, falls[3], tolerance: 0.2);
        Assert.Equal(usual / 4, falls[0], tolerance: 0.2);
        Assert.Equal(usual / 2, falls[1], tolerance: 0.2);
        Assert.InRange(falls[4], usual * 1.1, usual * 1.9);
        Assert.InRange(falls[5], falls[4] + (usual * 0.1), usual * 3);
    }

    [Fact]
    public void ASegment_BeginsAsFarBelowAnother_AsItWasSentLater()
    {
        var builder = new TimelineBuilder();
        (int here, int there) = (builder.Participant("here"), builder.Participant("there"));
        long[] sentMs = [0, 80, 120, 200];
        foreach (long ms in sentMs)
            builder.Add(new SegmentEvent { TimeNs = ms * 1_000_000, ReceivedNs = (ms + 40) * 1_000_000, From = here, To = there, Summary = "seq=1 len=9" });

        double[] begins = [.. Ways(Draw(builder.Build())).Select(way => Number(way, "y1"))];

        Assert.Equal([2, 1, 2], begins.Zip(begins.Skip(1), (one, next) => Math.Round((next - one) / (begins[2] - begins[1]))));
    }

    [Fact]
    public void ALostSegment_FallsLikeItsNeighbours_AndEndsOnItsWay()
    {
        XElement[] ways = Ways(Draw(SampleTimelines.Request()));
        (XElement whole, XElement lost) = (ways[0], ways[2]);

        Assert.Equal(Slope(whole), Slope(lost), tolerance: 0.01);
        Assert.InRange(Math.Abs(Number(lost, "x2") - Number(lost, "x1")) / Math.Abs(Number(whole, "x2") - Number(whole, "x1")), 0.5, 0.9);
    }

    [Fact]
    public void WhatIsLeftOut_IsCounted()
    {
        string drawn = LadderSvg.Draw(SampleTimelines.Request(), maxEvents: 3);

        Assert.Contains("8 later events are not drawn", drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("TcpRetransSegs", drawn, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Texts_DoNotOverlap(int participants)
    {
        Random random = TestSeed.NewRandom(output);
        for (int round = 0; round < 5; round++)
        {
            Label[] labels = [.. Texts(Draw(SampleTimelines.Arbitrary(random, participants, events: 80))).Select(Label.From)];
            for (int one = 0; one < labels.Length; one++)
            {
                for (int other = one + 1; other < labels.Length; other++)
                    Assert.False(labels[one].Meets(labels[other]), $"{labels[one]} and {labels[other]}");
            }
        }
    }

    [Fact]
    public void TheMostEvents_AreDrawnInTime()
    {
        Timeline timeline = SampleTimelines.Arbitrary(TestSeed.NewRandom(output), participants: 2, events: LadderSvg.MaxEvents + 10);

        Assert.Contains("10 later events are not drawn", LadderSvg.Draw(timeline), StringComparison.Ordinal);
    }

    // What stands before a brace; a media query is no selector, and those in it are.
    [GeneratedRegex(@"(?<=^|[{}])\s*[^@{}\s][^{}]*(?=\{)", RegexOptions.Multiline)]
    private static partial Regex Selector();

    private static XElement Draw(Timeline timeline) => XDocument.Parse(LadderSvg.Draw(timeline)).Root!;

    private static IEnumerable<XElement> Texts(XElement drawing) => drawing.Descendants().Where(element => element.Name.LocalName == "text");

    private static XElement[] Ways(XElement drawing) =>
        [.. drawing.Descendants().Where(element => element.Name.LocalName == "line" && element.Parent!.Name.LocalName == "g" && (element.Attribute("class")?.Value ?? "").StartsWith("way", StringComparison.Ordinal))];

    private static double Slope(XElement way) => (Number(way, "y2") - Number(way, "y1")) / Math.Abs(Number(way, "x2") - Number(way, "x1"));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    /// <summary>The line on which a text stands.</summary>
    private sealed record Label(string Text, double X1, double X2, double Y, double Slope)
    {
        public static Label From(XElement text)
        {
            double x = Number(text, "x");
            double y = Number(text, "y");
            string turn = text.Attribute("transform")?.Value ?? "rotate(0 ";
            double angle = double.Parse(turn.Split('(', ' ')[1], CultureInfo.InvariantCulture) * Math.PI / 180;
            double width = text.Value.Length * LetterWidth * Math.Cos(angle);
            double slope = Math.Tan(angle);
            double left = text.Attribute("text-anchor")?.Value switch { "end" => x - width, "middle" => x - (width / 2), _ => x };
            return new Label(text.Value, left, left + width, y + ((left - x) * slope), slope);
        }

        public bool Meets(Label other)
        {
            double left = Math.Max(X1, other.X1);
            double right = Math.Min(X2, other.X2);
            if (left >= right)
                return false;
            double first = At(left) - other.At(left);
            double last = At(right) - other.At(right);
            return Math.Sign(first) != Math.Sign(last) || Math.Min(Math.Abs(first), Math.Abs(last)) < Height;
        }

        private double At(double x) => Y + ((x - X1) * Slope);
    }
}
