using System.Text.Json;
using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Xunit;
using static Weir.Packets.Tests.Analysis.Conversation;
using Sides = Weir.Packets.Analysis.StreamSide;

namespace Weir.Packets.Tests.Analysis;

public sealed class StreamEndingTests
{
    public static TheoryData<string, StreamEnding, ResetReason> Endings => new()
    {
        { "unanswered", StreamEnding.NotEstablished, ResetReason.None },
        { "open", StreamEnding.Open, ResetReason.None },
        { "half", StreamEnding.HalfClosed, ResetReason.None },
        { "closing", StreamEnding.Closing, ResetReason.None },
        { "closed", StreamEnding.Closed, ResetReason.None },
        { "no listener", StreamEnding.Refused, ResetReason.PortClosed },
        { "unwanted", StreamEnding.Reset, ResetReason.HandshakeRefused },
        { "data after close", StreamEnding.Reset, ResetReason.DataAfterClose },
        { "rebooted", StreamEnding.Reset, ResetReason.UnknownConnection },
        { "unread", StreamEnding.Reset, ResetReason.UnreadData },
        { "linger", StreamEnding.Reset, ResetReason.Abort },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void TheEnd_IsTold_AndWhy(string name, StreamEnding ending, ResetReason reason)
    {
        StreamSummary summary = Make(name).Summarize();

        Assert.Equal((ending, reason), (summary.Ending, summary.Reset));
    }

    [Fact]
    public void ASecondReset_IsARepetition()
    {
        List<SegmentAnalysis> judged = Make("rebooted").Wait(1).Client(1, 1, 10).Wait(1).Server(1, 0, flags: Reset).Judge();

        Assert.Equal((ResetReason.UnknownConnection, ResetReason.Repeated), (judged[^3].Reset, judged[^1].Reset));
    }

    [Fact]
    public void Totals_CountEachDirection()
    {
        StreamSummary summary = new Conversation().Open().Client(1, 1, 100).Client(101, 1, 50).Wait(200).Client(1, 1, 100).Wait(1).Server(1, 151, 20).Summarize();

        Assert.Equal((5, 150, 250), (summary.FromInitiator.Segments, summary.FromInitiator.StreamBytes, summary.FromInitiator.PayloadBytes));
        Assert.Equal((1, 100), (summary.FromInitiator.RetransmittedSegments, summary.FromInitiator.RetransmittedBytes));
        Assert.Equal((2, 20), (summary.FromResponder.Segments, summary.FromResponder.StreamBytes));
        Assert.Equal((2_000_000, 204_000_000), (summary.HandshakeNs, summary.DurationNs));
        Assert.Equal((1, 0), (summary.FromInitiator.Count(SegmentFindings.Retransmission), summary.FromResponder.Count(SegmentFindings.Retransmission)));
    }

    [Fact]
    public void AReset_DoesNotMoveTheStreamsEnd()
    {
        StreamSummary ahead = Scenarios.Named(nameof(Scenarios.ResetAhead)).Summarize();
        StreamSummary withData = Scenarios.Named(nameof(Scenarios.ResetWithData)).Summarize();

        Assert.Equal((200, 0), (ahead.FromInitiator.StreamBytes, ahead.FromInitiator.RetransmittedSegments));
        Assert.Equal((200, 0), (withData.FromInitiator.StreamBytes, withData.FromInitiator.RetransmittedSegments));
    }

    [Fact]
    public void ANewSyn_OnTheSamePorts_IsAnotherStream()
    {
        var analysis = new CaptureAnalysis();
        foreach (CapturedFrame frame in Make("closed").Client(100_000, 0, flags: Syn).Client(100_000, 0, flags: Syn).Frames)
            analysis.Add(Packet.Dissect(frame));

        Assert.Equal([StreamEnding.Closed, StreamEnding.NotEstablished], analysis.Streams.Select(stream => stream.Summarize().Ending));
        Assert.Equal(1, analysis.Streams[1].Summarize().Count(SegmentFindings.Retransmission));
    }

    [Fact]
    public void TheText_SaysWhatHappened()
    {
        using var writer = new StringWriter { NewLine = "\n" };

        AnalysisText.Write(writer, Make("unread").Summarize());

        Assert.Equal(
            """
            stream 0: 192.0.2.1:50001 to 192.0.2.2:80, reset by 192.0.2.2:80 (closed with unread data, or SO_LINGER 0) after 4 ms, handshake 2 ms
              sent      10 B in 3 segments
              received  0 B in 2 segments
              found     1 reset received

            """,
            writer.ToString());
    }

    [Fact]
    public void Trouble_IsWhatPeopleLookFor()
    {
        Assert.False(AnalysisText.HasTrouble(Make("closed").Summarize()));
        Assert.False(AnalysisText.HasTrouble(Scenarios.Named(nameof(Scenarios.IdleProbeAnswered)).Summarize()));
        Assert.True(AnalysisText.HasTrouble(Make("unread").Summarize()));
        Assert.True(AnalysisText.HasTrouble(Make("unanswered").Summarize()));
        Assert.True(AnalysisText.HasTrouble(Scenarios.Named(nameof(Scenarios.TimerRetransmission)).Summarize()));
    }

    [Fact]
    public void TheJson_HasTheKeysThatAreDocumented()
    {
        JsonElement stream = JsonDocument.Parse(AnalysisJson.Serialize(Make("unread").Summarize())).RootElement;

        Assert.Equal(("reset", "unreadData", "responder"), (Text(stream, "ending"), Text(stream, "reset"), Text(stream, "resetBy")));
        Assert.Equal((2_000_000, 4_000_000), (stream.GetProperty("handshakeNs").GetInt64(), stream.GetProperty("durationNs").GetInt64()));
        Assert.Equal(10, stream.GetProperty("fromInitiator").GetProperty("streamBytes").GetInt64());
        Assert.Equal(1, stream.GetProperty("fromResponder").GetProperty("findings").GetProperty("reset").GetInt32());
    }

    [Fact]
    public void JudgingASegment_AllocatesNothing()
    {
        var table = new StreamTable();
        Packet[] packets = [.. new Conversation().Open().Client(1, 1, 100).Server(1, 101).Frames.Select(frame => Packet.Dissect(frame))];
        StreamSegment[] places = [.. packets.Select(packet => table.Observe(packet)!.Value)];
        var analysis = new StreamAnalysis(places[0].Stream);
        for (int index = 0; index < packets.Length; index++)
            analysis.Add(packets[index], places[index]);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
            analysis.Add(packets[packets.Length - 1 - (round & 1)], places[packets.Length - 1 - (round & 1)]);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Sides.Responder, analysis.Add(packets[^1], places[^1]).Side);
    }

    private static string? Text(JsonElement parent, string key) => parent.GetProperty(key).GetString();

    private static Conversation Make(string name) => name switch
    {
        "unanswered" => new Conversation().Client(0, 0, flags: Syn),
        "open" => new Conversation().Open(),
        "half" => new Conversation().Open().Client(1, 1, flags: Fin).Server(1, 2),
        "closing" => new Conversation().Open().Client(1, 1, flags: Fin).Server(1, 2, flags: Fin),
        "closed" => new Conversation().Open().Client(1, 1, flags: Fin).Server(1, 2, flags: Fin).Client(2, 2),
        "no listener" => new Conversation().Client(0, 0, flags: Syn).Server(0, 1, flags: ResetAck, window: 0),
        "unwanted" => new Conversation().Client(0, 0, flags: Syn).Server(0, 1, flags: SynAck).Client(1, 0, flags: Reset),
        "data after close" => new Conversation().Open().Server(1, 1, flags: Fin).Client(1, 2).Client(1, 2, 10).Server(2, 0, flags: Reset),
        "rebooted" => new Conversation().Open().Client(1, 1, 10).Wait(1).Server(1, 0, flags: Reset),
        "unread" => new Conversation().Open().Client(1, 1, 10).Wait(1).Server(1, 11, flags: ResetAck),
        "linger" => new Conversation().Open().Client(1, 1, flags: ResetAck),
        _ => throw new ArgumentException(name, nameof(name)),
    };
}
