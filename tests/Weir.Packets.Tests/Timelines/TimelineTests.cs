using System.Text.Json;
using Weir.Packets.Dissection;
using Weir.Packets.Tests.Analysis;
using Weir.Packets.Timelines;
using Xunit;

namespace Weir.Packets.Tests.Timelines;

public sealed class TimelineTests
{
    [Fact]
    public void ACapture_BecomesATimeline_WithItsEndsAsParticipants()
    {
        Timeline timeline = Timeline.FromPackets(Packets(Scenarios.Named(nameof(Scenarios.TimerRetransmission))), "once more");

        Assert.Equal(["192.0.2.1:50001", "192.0.2.2:80"], timeline.Participants);
        SegmentEvent[] segments = [.. timeline.Events.Cast<SegmentEvent>()];
        Assert.Equal(
            ["SYN seq=0 win=1000", "SYN ACK seq=0 ack=1 win=1000", "ACK ack=1", "seq=1 len=100 ack=1", "seq=101 len=100 ack=1", "seq=1 len=100 ack=1"],
            segments.Select(segment => segment.Summary));
        Assert.Equal("retransmission", segments[^1].Remark);
        Assert.Equal((203_000_000, "once more"), (timeline.EndNs - timeline.StartNs, timeline.Title));
    }

    [Fact]
    public void SacksAndWindows_AreTold()
    {
        string[] summaries = [.. Timeline.FromPackets(Packets(Scenarios.Named(nameof(Scenarios.HoleBesideSack)))).Events.Cast<SegmentEvent>().Select(each => each.Summary)];

        Assert.Contains("ACK ack=1 sack 101-201", summaries);
        Assert.Contains("ACK ack=201 win=0", Timeline.FromPackets(Packets(Scenarios.Named(nameof(Scenarios.NoRoom)))).Events.Cast<SegmentEvent>().Select(each => each.Summary));
    }

    [Fact]
    public void CapturesOfBothEnds_TellHowLongSegmentsTook_AndWhichWereLost()
    {
        Packet[] near = Packets(Scenarios.Named(nameof(Scenarios.TimerRetransmission)));
        IEnumerable<Packet> far = near.Where((_, index) => index != 3).Select(packet => Later(packet, packet.Tcp!.SourcePort == 80 ? -10_000_000 : 10_000_000));

        Timeline timeline = Timeline.FromBothEnds(near, far);

        SegmentEvent[] segments = [.. timeline.Events.Cast<SegmentEvent>()];
        Assert.Equal(6, segments.Length);
        Assert.All(segments.Where(segment => segment.Fate == SegmentFate.Arrived), segment => Assert.Equal(10_000_000, segment.ReceivedNs - segment.TimeNs));
        SegmentEvent lost = Assert.Single(segments, segment => segment.Fate == SegmentFate.Lost);
        Assert.Equal(("seq=1 len=100 ack=1", null), (lost.Summary, lost.ReceivedNs));
    }

    [Fact]
    public void CapturesOfBothEnds_InTheOtherOrder_TellTheSame()
    {
        Packet[] near = Packets(Scenarios.Named(nameof(Scenarios.NothingRemarkable)));
        Packet[] far = [.. near.Select(packet => Later(packet, packet.Tcp!.SourcePort == 80 ? -500_000 : 500_000))];

        Assert.Equal(TimelineJson.Serialize(Timeline.FromBothEnds(near, far)), TimelineJson.Serialize(Timeline.FromBothEnds(far, near)));
    }

    [Fact]
    public void Events_MayBeAddedInAnyOrder_AndHaveALimit()
    {
        var builder = new TimelineBuilder();
        builder.Add(new NoteEvent { TimeNs = 7, Text = "later" });
        builder.Add(new NoteEvent { TimeNs = 3, Text = "before" });
        for (int count = 2; count < TimelineBuilder.MaxEvents + 5; count++)
            builder.Add(new NoteEvent { TimeNs = 9, Text = "" });

        Timeline timeline = builder.Build();

        Assert.Equal((3, 5, TimelineBuilder.MaxEvents), (timeline.Events[0].TimeNs, timeline.LeftOut, timeline.Events.Count));
        for (int count = 0; count < TimelineBuilder.MaxParticipants; count++)
            builder.Participant($"{count}");
        Assert.Null(builder.TryParticipant("one more"));
        Assert.Throws<InvalidOperationException>(() => builder.Participant("one more"));
    }

    [Fact]
    public void TheJson_HasTheKeysThatAreDocumented()
    {
        JsonElement root = JsonDocument.Parse(TimelineJson.Serialize(SampleTimelines.Request())).RootElement;

        Assert.Equal(("A lost request", 0, 0), (root.GetProperty("title").GetString(), root.GetProperty("startNs").GetInt64(), root.GetProperty("leftOut").GetInt32()));
        JsonElement[] events = [.. root.GetProperty("events").EnumerateArray()];
        string[] keys = [.. events.SelectMany(each => each.EnumerateObject().Select(property => $"{each.GetProperty("kind")}.{property.Name}")).Distinct().Order()];
        Assert.Equal(
            [
                "call.arguments", "call.atNs", "call.blockedNs", "call.errno", "call.kind", "call.name", "call.participant", "call.result",
                "counter.atNs", "counter.delta", "counter.kind", "counter.name", "counter.participant",
                "note.atNs", "note.kind", "note.text",
                "queue.atNs", "queue.depthBytes", "queue.kind", "queue.name", "queue.participant",
                "segment.acknowledgment", "segment.atNs", "segment.delayNs", "segment.fate", "segment.findings", "segment.flags", "segment.from",
                "segment.kind", "segment.lengthBytes", "segment.remark", "segment.sequence", "segment.summary", "segment.to",
                "state.after", "state.atNs", "state.before", "state.kind", "state.participant",
            ],
            keys);
        Assert.Equal("EAGAIN", events.Single(each => each.TryGetProperty("errno", out _)).GetProperty("errno").GetString());
        Assert.Equal(["retransmission"], events.Single(each => each.TryGetProperty("findings", out _)).GetProperty("findings").EnumerateArray().Select(each => each.GetString()));
    }

    private static Packet[] Packets(Conversation talk) => [.. talk.Frames.Select(frame => Packet.Dissect(frame))];

    private static Packet Later(Packet packet, long ns) => Packet.Dissect(packet.Frame with { TimestampNs = packet.Frame.TimestampNs + ns });
}
