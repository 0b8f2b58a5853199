using System.Text;
using Weir.Packets.Dissection;
using Weir.Packets.Following;
using Weir.Packets.Streams;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Packets.Tests.Following;

public sealed class StreamFollowerTests(ITestOutputHelper output)
{
    [Fact]
    public void BothDirections_ComeInOrder_AndOnce()
    {
        string text = Follow(
            Client(1, "GET / HT"), Client(13, ".1\r\n\r\n"), Client(9, "TP/1"), Client(9, "TP/1"), Server(1, "hello\n"), Client(19, "next"));

        Assert.Equal("> GET / HTTP/1.1\n>\n< hello\n> next\n", text);
    }

    [Fact]
    public void Overlaps_AreCut()
    {
        Assert.Equal("> abcdefgh\n", Follow(Client(1, "abcd"), Client(3, "cdef"), Client(2, "bcdefgh")));
    }

    [Fact]
    public void AGap_IsMarked_WhenThePeerAcknowledgesIt()
    {
        Assert.Equal("> ab\n! > 3 B missing at 2: not captured\n> fg\n< ok\n", Follow(Client(1, "ab"), Client(6, "fg"), Server(1, "ok", ack: 8)));
    }

    [Fact]
    public void AGap_IsMarked_AtTheEnd() => Assert.Equal("> a\n! > 1 B missing at 1: not captured\n> c\n", Follow(Client(1, "a"), Client(3, "c")));

    [Fact]
    public void WaitingBytes_HaveALimit()
    {
        Follower follow = new(new FollowLimits { MaxWaitingBytes = 10 });
        follow.Add(Client(1, "a"));

        Assert.Empty(follow.Add(Client(3, "0123456789")));
        Assert.Equal(
            [(1L, 1L, FollowGap.WaitedTooLong), (2, 0, FollowGap.None), (12, 0, FollowGap.None)],
            follow.Add(Client(13, "x")).Select(piece => (piece.OffsetBytes, piece.MissingBytes, piece.Gap)));
    }

    [Fact]
    public void WaitingSegments_HaveALimit_HoweverShortTheyAre()
    {
        Follower follow = new(new FollowLimits { MaxWaitingPieces = 100 });
        follow.Add(Client(1, "a"));
        for (uint index = 0; index < 100; index++)
            Assert.Empty(follow.Add(Client(3 + (2 * index), "b")));

        Assert.Equal("1 B missing at 1: too much came before them", FollowWriter.Describe(follow.Add(Client(1000, "c"))[0]));
    }

    [Fact]
    public void SegmentsThatRepeatOneAnother_CountAsWaitingToo()
    {
        Follower follow = new(new FollowLimits { MaxWaitingPieces = 100 });
        follow.Add(Client(1, "a"));

        Assert.Contains(Enumerable.Range(0, 101).SelectMany(_ => follow.Add(Client(3, "b"))), piece => piece.Gap == FollowGap.WaitedTooLong);
    }

    [Fact]
    public void AResetsNumbers_EndNoWaiting()
    {
        Packet reset = Packet.Dissect(Frames.Frame(Frames.Ipv4(6, Frames.Tcp(80, 1000, seq: 1, ack: 900, flags: 0x14), Frames.B4, Frames.A4), LinkType.Raw));

        Assert.Equal("> abcd\n", Follow(Client(1, "ab"), Client(4, "d"), reset, Client(3, "c")));
    }

    [Fact]
    public void WhatTheCaptureCutOff_IsAGap()
    {
        byte[] whole = Frames.Ipv4(6, Frames.Tcp(1000, 80, seq: 1, payload: [.. "abcdef"u8]));
        Packet cut = Packet.Dissect(Frames.Frame(whole[..^4], LinkType.Raw, original: whole.Length));

        Assert.Equal("> ab\n! > 4 B missing at 2: cut off by the capture\n> g\n", Follow(cut, Client(7, "g")));
    }

    [Fact]
    public void TerminalSequences_DoNothing() => Assert.Equal("> \\x1b[2J\\xff\n", Follow(Client(1, "\e[2J\u00ff")));

    [Fact]
    public void ALinesEnd_MayBeSplit_AndAReturnInsideALineIsShown() =>
        Assert.Equal("> ab\n> c\\x0dd\n> \\x0d\n< ok\n", Follow(Client(1, "ab\r"), Client(4, "\nc\rd\r"), Client(9, "\n\r"), Server(1, "ok")));

    [Fact]
    public void Hex_ShowsOffsetsAndText()
    {
        Assert.Equal(
            "> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n> 00000010  0a                                                .\n",
            Follow(FollowFormat.Hex, Client(1, "0123456789abcdef\n")));
    }

    [Fact]
    public void ShuffledAndRepeatedSegments_GiveTheSameBytes()
    {
        Random random = TestSeed.NewRandom(output);
        byte[] sent = new byte[20_000];
        random.NextBytes(sent);
        var segments = new List<(int Start, int Length)>();
        for (int start = 0; start < sent.Length; start += 100)
        {
            for (int copy = random.Next(1, 3); copy > 0; copy--)
                segments.Add((start, Math.Min(random.Next(100, 300), sent.Length - start)));
        }

        var follower = new StreamFollower();
        var table = new StreamTable();
        IReadOnlyList<FollowedPiece> Add(Packet packet) => follower.Add(packet, table.Observe(packet)!.Value);
        using var received = new MemoryStream();
        Add(Packet.Dissect(Frames.Frame(Frames.Ipv4(6, Frames.Tcp(1000, 80, seq: 0, flags: 2)), LinkType.Raw)));
        foreach ((int start, int length) in segments.OrderBy(_ => random.Next()))
        {
            byte[] segment = Frames.Ipv4(6, Frames.Tcp(1000, 80, seq: 1 + (uint)start, payload: sent[start..(start + length)]));
            foreach (FollowedPiece piece in Add(Packet.Dissect(Frames.Frame(segment, LinkType.Raw))))
                FollowWriter.WriteRaw(received, piece);
        }

        Assert.Empty(follower.End());
        Assert.Equal(sent, received.ToArray());
    }

    private static string Follow(params Packet[] packets) => Follow(FollowFormat.Text, packets);

    private static string Follow(FollowFormat format, params Packet[] packets)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var writer = new FollowWriter(text, format);
        var follower = new StreamFollower();
        var table = new StreamTable();
        foreach (FollowedPiece piece in packets.SelectMany(packet => follower.Add(packet, table.Observe(packet)!.Value)))
            writer.Write(piece);
        foreach (FollowedPiece piece in follower.End())
            writer.Write(piece);
        writer.End();
        return text.ToString();
    }

    private sealed class Follower(FollowLimits limits)
    {
        private readonly StreamFollower _follower = new(limits);
        private readonly StreamTable _table = new();

        public IReadOnlyList<FollowedPiece> Add(Packet packet) => _follower.Add(packet, _table.Observe(packet)!.Value);
    }

    private static Packet Client(uint seq, string text) =>
        Packet.Dissect(Frames.Frame(Frames.Ipv4(6, Frames.Tcp(1000, 80, seq, ack: 1, payload: Encoding.Latin1.GetBytes(text))), LinkType.Raw));

    private static Packet Server(uint seq, string text, uint ack = 1) =>
        Packet.Dissect(Frames.Frame(
            Frames.Ipv4(6, Frames.Tcp(80, 1000, seq, ack, payload: Encoding.Latin1.GetBytes(text)), Frames.B4, Frames.A4), LinkType.Raw));
}
