using System.Net;
using System.Net.NetworkInformation;
using Weir.Packets.Dissection;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Scripting;

public sealed class FrameBuilderTests
{
    private const uint PcapMagic = 0xa1b2c3d4;
    private const int Ethernet = 1;

    private static readonly string[] s_fields =
    [
        "arp.opcode", "icmpv6.type", "ip.checksum.status", "tcp.checksum.status", "icmpv6.checksum.status", "tcp.flags.str", "tcp.len",
        "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.timestamp.tsval", "tcp.options.sack_le",
    ];

    [RequiresProgramFact("tshark", "tshark")]
    public async Task Frames_AreRight_TsharkSays()
    {
        var offer = new SegmentOptions { MaximumSegmentBytes = 1400, WindowScale = 7, SackPermitted = true, Timestamps = new TcpTimestamps(5, 0) };
        var holes = new SegmentOptions { SackBlocks = [(1001, 2001), (3001, 4001)] };
        FrameBuilder.Station[] older = [Station(1, "10.0.0.1"), Station(2, "10.0.0.2")];
        FrameBuilder.Station[] newer = [Station(1, "fd00::1"), Station(2, "fd00::2")];

        string[] seen = await ReadAsync(
            FrameBuilder.Tcp(older[0], older[1], Fields(TcpFlags.Syn), offer.Encode(0), []),
            FrameBuilder.Tcp(older[0], older[1], Fields(TcpFlags.Ack | TcpFlags.Psh), holes.Encode(0), "odd"u8),
            FrameBuilder.Tcp(newer[0], newer[1], Fields(TcpFlags.Ack | TcpFlags.Fin), [], "more"u8),
            FrameBuilder.ArpReply(older[0], older[1]),
            FrameBuilder.NeighborAdvertisement(newer[0], newer[1]));

        // 1 is a checksum that is right.
        Assert.Equal(
            [
                "||1|1||··········S·|0|1400|7|5|",
                "||1|1||·······AP···|3||||1001,3001",
                "|||1||·······A···F|4||||",
                "2||||||||||",
                "|136|||1||||||",
            ],
            seen);
    }

    private static FrameBuilder.Station Station(byte number, string address) => new(new PhysicalAddress([2, 0, 0, 0, 0, number]), IPAddress.Parse(address));

    private static TcpFields Fields(TcpFlags flags) => new(4000, 80, Sequence: 100, Acknowledgment: flags.HasFlag(TcpFlags.Ack) ? 1u : 0, flags, Window: 1000);

    private static async Task<string[]> ReadAsync(params byte[][] frames)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("frames.pcap");
        await using (var file = new BinaryWriter(File.Create(path)))
        {
            // pcap-savefile(5): version 2.4, and for each frame the time and its lengths.
            file.Write(PcapMagic);
            file.Write((ushort)2);
            file.Write((ushort)4);
            foreach (int word in (int[])[0, 0, ushort.MaxValue, Ethernet])
                file.Write(word);
            foreach (byte[] frame in frames)
            {
                foreach (int word in (int[])[0, 0, frame.Length, frame.Length])
                    file.Write(word);
                file.Write(frame);
            }
        }

        string[] options = ["-r", path, "-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|"];
        Finished run = await new Run("tshark", [.. options, .. s_fields.SelectMany(field => (string[])["-e", field])]).ToEnd();
        return run.Succeeded().Lines;
    }
}
