using Weir.Packets.Analysis;
using Xunit;
using static Weir.Packets.Analysis.SegmentFindings;
using static Weir.Packets.Tests.Analysis.Conversation;

namespace Weir.Packets.Tests.Analysis;

public sealed class SegmentFindingTests
{
    public static TheoryData<string, SegmentFindings> Expected => new()
    {
        { nameof(Scenarios.TimerRetransmission), Retransmission },
        { nameof(Scenarios.RepeatedSyn), Retransmission },
        { nameof(Scenarios.RepeatedSynAck), Retransmission },
        { nameof(Scenarios.RepeatedFin), Retransmission },
        { nameof(Scenarios.ThirdDuplicateAck), FastRetransmission },
        { nameof(Scenarios.HoleBesideSack), Retransmission },
        { nameof(Scenarios.AcknowledgedBefore), SpuriousRetransmission },
        { nameof(Scenarios.LateByHalfAMillisecond), OutOfOrder },
        { nameof(Scenarios.Gap), PreviousSegmentNotCaptured },
        { nameof(Scenarios.AckBeyondData), AcknowledgesUnseen },
        { nameof(Scenarios.SecondDuplicateAck), DuplicateAck },
        { nameof(Scenarios.LastByteOfTheWindow), WindowFull },
        { nameof(Scenarios.LastByteOfAWindowThatOnlyOneSideScales), WindowFull },
        { nameof(Scenarios.NoRoom), ZeroWindow },
        { nameof(Scenarios.ProbeWithAByte), ZeroWindowProbe },
        { nameof(Scenarios.ProbeOfLinux), ZeroWindowProbe },
        { nameof(Scenarios.ProbeAnswered), ZeroWindow | ZeroWindowProbeAck },
        { nameof(Scenarios.LinuxProbeAnswered), ZeroWindow | ZeroWindowProbeAck },
        { nameof(Scenarios.IdleProbe), KeepAlive },
        { nameof(Scenarios.IdleProbeAnswered), KeepAliveAck },
        { nameof(Scenarios.RoomAgain), WindowUpdate },
        { nameof(Scenarios.TailAgain), Retransmission | TailLossProbe },
        { nameof(Scenarios.ArrivedTwice), DuplicateAck | DuplicateSack },
        { nameof(Scenarios.NothingRemarkable), None },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void TheLastSegment_IsWhatItIs(string scenario, SegmentFindings expected) =>
        Assert.Equal(expected, Scenarios.Named(scenario).Judge()[^1].Findings);

    [Fact]
    public void DuplicateAcks_AreCounted_UntilSomethingNewIsAcknowledged()
    {
        Conversation talk = new Conversation().Open().Client(1, 1, 100).Client(101, 1, 100);
        for (int count = 0; count < 3; count++)
            talk.Server(1, 1, options: Sack(101, 201));
        talk.Client(1, 1, 100).Server(1, 201).Server(1, 201);

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 1], talk.Judge().Select(each => each.DuplicateAckNumber));
    }

    [Fact]
    public void Numbers_CountFromTheBeginning_BeyondTheEndOf32Bits()
    {
        List<SegmentAnalysis> judged = new Conversation().Open().Client(1, 1, 200).Server(1, 201, 50).Client(201, 51, 200).Server(51, 401).Judge();

        Assert.Equal([0, 0, 1, 1, 1, 201, 51], judged.Select(each => each.Sequence));
        Assert.Equal([0, 1, 1, 1, 201, 51, 401], judged.Select(each => each.Acknowledgment));
        Assert.Equal([1000, 1000, 2000, 2000, 2000, 2000, 2000], judged.Select(each => each.WindowBytes));
    }

    [Fact]
    public void Numbers_CountFromOne_WhenTheHandshakeIsMissing()
    {
        List<SegmentAnalysis> judged = new Conversation().Client(5000, 900, 10).Server(900, 5010, 5).Client(5010, 905).Judge();

        Assert.Equal([(1, 1), (1, 11), (11, 6)], judged.Select(each => (each.Sequence, each.Acknowledgment)));
    }

    [Fact]
    public void Findings_ReadAsWords()
    {
        SegmentAnalysis segment = Scenarios.Named(nameof(Scenarios.ArrivedTwice)).Judge()[^1];

        Assert.Equal("duplicate ack #1, duplicate SACK", segment.ToString());
        Assert.Equal("tail loss probe", Scenarios.Named(nameof(Scenarios.TailAgain)).Judge()[^1].ToString());
    }
}
