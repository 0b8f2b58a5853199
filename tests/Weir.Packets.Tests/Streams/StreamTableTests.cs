using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Conversation;

namespace Weir.Packets.Tests.Streams;

public sealed class StreamTableTests
{
    private readonly StreamTable _table = new();
    private readonly Conversation _talk;

    public StreamTableTests() => _talk = new Conversation(_table);

    [Fact]
    public void Numbers_CountFromTheSyn()
    {
        StreamSegment syn = _talk.Client(1000, flags: Syn, window: 64000, options: "030307");
        StreamSegment answer = _talk.Server(5000, 1001, SynAck, window: 65000, options: "030302");
        StreamSegment data = _talk.Client(1001, 5001, bytes: 100);
        StreamSegment ack = _talk.Server(5001, 1101);

        Assert.Equal((0, 1, null, 64000L), (syn.Sequence, syn.NextSequence, syn.Acknowledgment, syn.WindowBytes));
        Assert.Equal((0, 1, 1L, 65000L), (answer.Sequence, answer.NextSequence, answer.Acknowledgment, answer.WindowBytes));
        Assert.Equal((1, 101, 1L, 500L << 7), (data.Sequence, data.NextSequence, data.Acknowledgment, data.WindowBytes));
        Assert.Equal((1, 1, 101L, 500L << 2), (ack.Sequence, ack.NextSequence, ack.Acknowledgment, ack.WindowBytes));
        Assert.Equal((true, false), (data.IsFromInitiator, ack.IsFromInitiator));
        Assert.Same(syn.Stream, ack.Stream);
        Assert.True(ack.Stream.HandshakeSeen);
    }

    [Fact]
    public void Numbers_GoOnWhereTheHeadersComeRound()
    {
        _talk.Client(uint.MaxValue - 10, flags: Syn);
        _talk.Server(1, uint.MaxValue - 9, SynAck);
        long last = 0;
        for (uint seq = uint.MaxValue - 9, rounds = 0; rounds < 9; rounds++, seq += 1u << 30)
            last = _talk.Client(seq, 2, bytes: 10).Sequence;

        Assert.Equal(1 + (8L << 30), last);
    }

    [Fact]
    public void AStreamWithoutBeginning_CountsFromWhatIsSeenFirst()
    {
        StreamSegment data = _talk.Client(7000, 9000, bytes: 10);
        StreamSegment answer = _talk.Server(9000, 7010);
        StreamSegment earlier = _talk.Client(6990, 9000, bytes: 10);

        Assert.Equal((1, 1L, null), (data.Sequence, data.Acknowledgment, data.WindowBytes));
        Assert.Equal((1, 11L), (answer.Sequence, answer.Acknowledgment));
        Assert.Equal(-9, earlier.Sequence);
        Assert.Equal(0, _talk.Server(9000, 7010, window: 0).WindowBytes);
        Assert.False(data.Stream.HandshakeSeen);
    }

    [Fact]
    public void WhoAnswersASyn_IsNotTheInitiator()
    {
        StreamSegment answer = _talk.Server(5000, 1001, SynAck);

        Assert.False(answer.IsFromInitiator);
        Assert.Equal(40000, answer.Stream.Initiator.Port);
    }

    [Fact]
    public void OneSideWithoutScale_IsEnoughToKnowThatNobodyScales()
    {
        _talk.Client(1000, flags: Syn, options: "030307");
        _talk.Server(5000, 1001, SynAck);

        Assert.Equal(500, _talk.Client(1001, 5001).WindowBytes);
    }

    [Fact]
    public void ANewSyn_IsANewStream_AndARepeatedOneIsNot()
    {
        StreamSegment first = _talk.Client(1000, flags: Syn);
        StreamSegment repeated = _talk.Client(1000, flags: Syn);
        StreamSegment next = _talk.Client(99000, flags: Syn);

        Assert.Same(first.Stream, repeated.Stream);
        Assert.Equal((0, 1, 0), (first.Stream.Number, next.Stream.Number, next.Sequence));
        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void ASimultaneousOpen_IsOneStream()
    {
        StreamSegment one = _talk.Client(1000, flags: Syn);
        StreamSegment other = _talk.Server(5000, flags: Syn);
        StreamSegment answer = _talk.Client(1000, 5001, SynAck);

        Assert.Same(one.Stream, other.Stream);
        Assert.Equal((0, 0, 1L), (other.Sequence, answer.Sequence, answer.Acknowledgment));
    }

    [Fact]
    public void TheBlocksOfASack_StayWhereTheyAre_HoweverFarTheStreamGoes()
    {
        _talk.Client(1000, flags: Syn);
        _talk.Server(5000, 1001, SynAck);
        StreamSegment early = _talk.Server(5001, 1101);
        var block = new SackBlock(new SequenceNumber(1201), new SequenceNumber(1301));
        for (uint quarter = 1; quarter <= 3; quarter++)
            _talk.Client(1000 + (quarter << 30), 5001, bytes: 100);

        Assert.Equal((201L, 301L), early.Position(block));
    }

    [Fact]
    public void StreamsOfOtherPorts_AreOthers()
    {
        Assert.NotSame(_talk.Client(1, port: 40000).Stream, _talk.Client(1, port: 40001).Stream);
        Assert.Null(_table.Observe(Packet.Dissect(FrameSamples.All().Single(sample => sample.Name == "udp4").Frame)));
    }

    [Fact]
    public void OfTooManyStreams_TheSilentOnesAreForgotten()
    {
        var table = new StreamTable(limit: 3);
        var talk = new Conversation(table);
        for (int port = 1; port <= 3; port++)
            talk.Client(100, flags: Syn, port: port);
        talk.Client(101, bytes: 10, port: 1);
        talk.Client(100, flags: Syn, port: 4);

        Assert.Equal(3, table.Remembered);
        Assert.Equal(0, talk.Client(111, port: 1).Stream.Number);
        Assert.Equal(4, talk.Client(101, port: 2).Stream.Number);
    }
}
