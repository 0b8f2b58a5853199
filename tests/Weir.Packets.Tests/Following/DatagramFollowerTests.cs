using System.Text;
using Weir.Packets.Dissection;
using Weir.Packets.Flows;
using Weir.Packets.Following;
using Weir.Packets.Tests.Samples;
using Xunit;

namespace Weir.Packets.Tests.Following;

public sealed class DatagramFollowerTests
{
    [Fact]
    public void Datagrams_ComeInTheOrderOfTheCapture_EachOnItsOwn()
    {
        var table = new DatagramTable();
        var follower = new DatagramFollower();
        Packet[] packets = [Query("who"), Query("other", port: 5001), Answer("me"), Query("who")];

        FollowedPiece[] pieces =
            [.. packets.Where(packet => table.Observe(packet)!.Value.Flow == 0).SelectMany(packet => follower.Add(packet, table.Observe(packet)!.Value))];

        Assert.Equal(
            ["Initiator 0 who", "Responder 0 me", "Initiator 3 who"],
            pieces.Select(piece => $"{piece.Side} {piece.OffsetBytes} {Encoding.ASCII.GetString(piece.Bytes.Span)}"));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void WhatTheCaptureCutOff_AndWhatIsInLaterFragments_IsAGap()
    {
        byte[] whole = Frames.Ipv4(17, Frames.Udp(5000, 53, [.. "abcdef"u8]));
        byte[] first = Frames.Ipv4(17, Frames.Udp(5000, 53, [.. "abcdefgh"u8], length: 100), fragment: 0x2000);
        var table = new DatagramTable();
        var follower = new DatagramFollower();

        FollowedPiece[] pieces =
        [
            .. new[] { Frames.Frame(whole[..^4], LinkType.Raw, original: whole.Length), Frames.Frame(first, LinkType.Raw) }
                .Select(frame => Packet.Dissect(frame)).SelectMany(packet => follower.Add(packet, table.Observe(packet)!.Value)),
        ];

        Assert.Equal(
            [(0L, 0L, FollowGap.None), (2, 4, FollowGap.CutOff), (6, 0, FollowGap.None), (14, 84, FollowGap.Fragmented)],
            pieces.Select(piece => (piece.OffsetBytes, piece.MissingBytes, piece.Gap)));
    }

    [Fact]
    public void MoreFlowsThanAreRemembered_HaveNoNumber()
    {
        var table = new DatagramTable(limit: 2);

        Assert.Equal([0L, 1, null, 0], new[] { 1, 2, 3, 1 }.Select(port => table.Observe(Query("x", port))?.Flow));
    }

    [Fact]
    public void AFlowOfAnother_IsRefused()
    {
        var table = new DatagramTable();
        var follower = new DatagramFollower();
        Packet one = Query("x", 1);
        Packet other = Query("x", 2);
        follower.Add(one, table.Observe(one)!.Value);

        Assert.Throws<ArgumentException>(() => follower.Add(other, table.Observe(other)!.Value));
    }

    private static Packet Query(string text, int port = 5000) =>
        Packet.Dissect(Frames.Frame(Frames.Ipv4(17, Frames.Udp(port, 53, Encoding.ASCII.GetBytes(text))), LinkType.Raw));

    private static Packet Answer(string text) =>
        Packet.Dissect(Frames.Frame(Frames.Ipv4(17, Frames.Udp(53, 5000, Encoding.ASCII.GetBytes(text)), Frames.B4, Frames.A4), LinkType.Raw));
}
