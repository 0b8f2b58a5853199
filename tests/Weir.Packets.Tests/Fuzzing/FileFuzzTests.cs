using Weir.Packets.Files;
using Weir.Packets.Tests.Samples;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Packets.Tests.Fuzzing;

public sealed class FileFuzzTests(ITestOutputHelper output)
{
    private const int FrameHeaderBytes = 16;

    [Fact]
    public void BrokenFiles_AreReadUpToTheBreak()
    {
        Random random = TestSeed.NewRandom(output);
        byte[][] files = [Pcapng(isLittleEndian: true), Pcapng(isLittleEndian: false), Pcap(isLittleEndian: true), Pcap(isLittleEndian: false)];
        for (int count = 0; count < FuzzSize.Files; count++)
        {
            byte[] broken = Mutation.Of(files[random.Next(files.Length)], random);
            try
            {
                Check(broken);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{TestSeed.Replay}: {Convert.ToHexString(broken)}", error);
            }
        }
    }

    [Fact]
    public void FilesCutAnywhere_AreReadUpToThere()
    {
        foreach (byte[] file in (byte[][])[Pcapng(isLittleEndian: true), Pcapng(isLittleEndian: false), Pcap(isLittleEndian: true)])
        {
            int before = 0;
            for (int length = 28; length <= file.Length; length++)
            {
                int frames = Check(file[..length]);
                Assert.InRange(frames, before, before + 1);
                before = frames;
            }

            Assert.Equal(Check(file), before);
        }
    }

    private static int Check(byte[] bytes)
    {
        int frames = 0;
        try
        {
            using CaptureFile file = CaptureFile.Open(new MemoryStream(bytes), "fuzzed");
            long held = 0;
            while (file.TryRead(out CapturedFrame frame))
            {
                frames++;
                held += frame.Bytes.Length + FrameHeaderBytes;
                Assert.True(frame.OriginalBytes >= frame.Bytes.Length, "a frame is longer than it was");
            }

            // Every frame has at least so many bytes of the file.
            Assert.True(held <= bytes.Length, $"{held} bytes of frames in a file of {bytes.Length}");
        }
        catch (CaptureFileException)
        {
            // Not even its beginning was whole.
        }

        return frames;
    }

    private static byte[] Pcapng(bool isLittleEndian)
    {
        var made = new PcapngBytes(isLittleEndian);
        return made.Section()
            .Interface(1, 0, made.Option(2, "eth0"), made.Option(9, [9]), made.Option(14, made.U64(5)), made.Option(0, ""))
            .Enhanced(0, 1_700_000_000_000_000_000, [1, 2, 3, 4, 5], original: null, made.Option(1, "a comment"), made.Option(0, ""))
            .Block(3, made.U32(3), [1, 2, 3, 0])
            .Block(2, made.U16(0), made.U16(1), made.U32(0), made.U32(1), made.U32(2), made.U32(2), [7, 8, 0, 0])
            .Block(5, made.U32(0), made.U32(0), made.U32(0), made.Option(4, made.U64(10)))
            .Block(77, made.U32(1))
            .Section().Interface(101, 64).Enhanced(0, 1, [9])
            .ToArray();
    }

    private static byte[] Pcap(bool isLittleEndian)
    {
        var made = new PcapngBytes(isLittleEndian);
        made.Raw(Frames.Join(made.U32(0xA1B2C3D4), made.U16(2), made.U16(4), new byte[8], made.U32(65_535), made.U32(1)));
        for (int count = 1; count < 6; count++)
            made.Raw(Frames.Join(made.U32(1), made.U32(2), made.U32((uint)count), made.U32((uint)count), new byte[count]));
        return made.ToArray();
    }
}
