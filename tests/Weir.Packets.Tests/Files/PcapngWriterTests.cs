using System.Diagnostics;
using Weir.Packets.Files;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Files;

public sealed class PcapngWriterTests
{
    private const long Second = 1_700_000_000_000_000_000;

    [Fact]
    public void WhatIsWritten_IsRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.pcapng");
        using (PcapngWriter writer = PcapngWriter.Create(path))
        {
            Assert.Equal(0, writer.AddInterface(LinkType.Ethernet, "eth0", "a card", "tcp port 80"));
            Assert.Equal(1, writer.AddInterface(LinkType.LinuxCookedV2, "any", snapLengthBytes: 96));
            writer.Write(0, Second + 123_456_789, [1, 2, 3], originalBytes: 3);
            writer.Write(1, Second, [4], originalBytes: 1500, comment: "curl 4711: grüße");
            writer.WriteStatistics(1, Second, received: 12, dropped: 3);
            writer.Flush();
            Assert.Equal((new FileInfo(path).Length, 2), (writer.LengthBytes, writer.Frames));
        }

        using CaptureFile file = CaptureFile.Open(path);
        CapturedFrame[] frames = [.. file.Frames()];
        Assert.Equal((LinkType.Ethernet, Second + 123_456_789, 3, 0, null), Shape(frames[0]));
        Assert.Equal((LinkType.LinuxCookedV2, Second, 1500, 1, "curl 4711: grüße"), Shape(frames[1]));
        Assert.Equal([1, 2, 3], frames[0].Bytes.ToArray());
        Assert.Equal([("eth0", "a card", null, null), ("any", null, 12L, 3L)],
            file.Interfaces.Select(each => (each.Name, each.Description, each.Received, each.Dropped)));
        Assert.Equal([PcapngWriter.MaxFrameBytes, 96L], file.Interfaces.Select(each => each.SnapBytes));
    }

    [Fact]
    public void Writing_AllocatesNothing()
    {
        using var writer = new PcapngWriter(Stream.Null, "null");
        int id = writer.AddInterface(LinkType.Ethernet, "eth0");
        byte[] bytes = new byte[1514];
        Write(1000);
        const int Frames = 100_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(Frames);

        // The runtime's own, when it compiles anew, is less than a byte for each.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Frames);

        void Write(int frames)
        {
            for (int index = 0; index < frames; index++)
                writer.Write(id, Second + index, bytes, bytes.Length, index % 2 == 0 ? "a comment" : null);
        }
    }

    [Fact]
    public void LongFramesAndComments_AreCut()
    {
        var stream = new MemoryStream();
        using var writer = new PcapngWriter(stream, "memory");
        int id = writer.AddInterface(LinkType.Ethernet, new string('n', 100_000), new string('d', 100_000), new string('f', 100_000));
        writer.Write(id, 0, new byte[300_000], 300_000, new string('€', 10_000));
        writer.Write(id, 0, new byte[300_000], 300_000, new string('x', 10_000));
        writer.Flush();
        CapturedFrame[] frames = [.. CaptureFile.Open(new MemoryStream(stream.ToArray()), "memory").Frames()];

        Assert.All(frames, frame => Assert.Equal((PcapngWriter.MaxFrameBytes, 300_000), (frame.Bytes.Length, frame.OriginalBytes)));
        Assert.Equal([new string('€', 8192 / 3), new string('x', 8192)], frames.Select(frame => frame.Comment));
    }

    [Fact]
    public void AFullDisk_LeavesWholeBlocks()
    {
        for (int room = 0; room < 400; room += 7)
        {
            var disk = new FullDisk(room);
            using var writer = new PcapngWriter(disk, "full.pcapng");
            int id = writer.AddInterface(LinkType.Ethernet, "eth0");
            for (int index = 0; index < 10; index++)
                writer.Write(id, index, new byte[20], 20);
            var error = Assert.Throws<IOException>(writer.Flush);
            Assert.Same(error, Assert.Throws<IOException>(() => writer.Write(id, 0, [], 0)));

            Assert.Equal($"full.pcapng: No space left on device; the capture ends after {disk.Length} bytes and can be read up to there", error.Message);
            Assert.InRange(disk.Length, 0, room);
            if (disk.Length == 0)
                continue;
            using CaptureFile file = CaptureFile.Open(new MemoryStream(disk.ToArray()), "full");
            Assert.InRange(file.Frames().Count(), (room - 120) / 52, 10);
        }
    }

    [Fact]
    public void ARealFullDisk_IsNamed()
    {
        using var writer = new PcapngWriter(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), "x.pcapng");
        var error = Assert.Throws<IOException>(writer.Flush);

        Assert.Equal("x.pcapng: No space left on device; the capture ends after 0 bytes and can be read up to there", error.Message);
    }

    [RequiresProgramsFact("tshark", "capinfos=tshark")]
    public async Task TsharkAndCapinfos_ReadItWithoutComplaint()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.pcapng");
        (string Name, CapturedFrame Frame)[] samples = [.. FrameSamples.All()];
        using (PcapngWriter writer = PcapngWriter.Create(path))
        {
            foreach ((string name, CapturedFrame frame) in samples)
            {
                int id = writer.AddInterface(frame.Link, name, "made by hand", "tcp or udp");
                writer.Write(id, frame.TimestampNs, frame.Bytes.Span, frame.OriginalBytes, $"this is {name}");
                writer.WriteStatistics(id, frame.TimestampNs, received: 1, dropped: 0);
            }
        }

        Finished shown = (await new Run("tshark", "-r", path, "-T", "fields", "-E", "separator=|", "-e", "frame.interface_name", "-e",
            "frame.comment", "-e", "frame.time_epoch", "-e", "frame.len").ToEnd()).Succeeded();
        Assert.Equal(
            samples.Select(sample => $"{sample.Name}|this is {sample.Name}|1700000000.000123456|{sample.Frame.OriginalBytes}"), shown.Lines);
        Assert.DoesNotContain("tshark: ", shown.Errors.Replace("Running as user", ""), StringComparison.Ordinal);
        Finished described = (await new Run("capinfos", path).ToEnd()).Succeeded();
        Assert.Contains("File type:           Wireshark/... - pcapng", described.Output, StringComparison.Ordinal);
        Assert.Contains($"Number of packets:   {samples.Length}", described.Output, StringComparison.Ordinal);
        Assert.Empty(described.Errors);
    }

    private static (LinkType Link, long TimestampNs, int Original, int Interface, string? Comment) Shape(CapturedFrame frame) =>
        (frame.Link, frame.TimestampNs, frame.OriginalBytes, frame.Interface, frame.Comment);

    /// <summary>Takes what there is room for, and then fails as a file on a full disk does.</summary>
    private sealed class FullDisk(int roomBytes) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int room = (int)Math.Min(roomBytes - Position, buffer.Length);
            Debug.Assert(room >= 0, "what was refused was truncated");
            base.Write(buffer[..room]);
            if (room < buffer.Length)
                throw new IOException("No space left on device");
        }
    }
}
