using Weir.Packets.Analysis;
using Weir.Packets.Dissection;
using Weir.Packets.Files;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Analysis;

/// <summary>Segments between two ends, written down by hand. Numbers are relative: the SYN is 0.</summary>
internal sealed class Conversation(int port = 50_001)
{
    public const int Fin = 0x11;
    public const int Syn = 0x02;
    public const int SynAck = 0x12;
    public const int Reset = 0x04;
    public const int ResetAck = 0x14;
    public const int Ack = 0x10;
    private const uint ClientStart = 0xFFFF_FF00;
    private const uint ServerStart = 7_000_000;

    private readonly List<CapturedFrame> _frames = [];
    private long _timeNs = 1_700_000_000_000_000_000;
    private int _identification;

    public IReadOnlyList<CapturedFrame> Frames => _frames;

    public long TimeNs => _timeNs;

    public Conversation Wait(double milliseconds)
    {
        _timeNs += (long)(milliseconds * 1_000_000);
        return this;
    }

    /// <summary>SYN, SYN ACK and ACK with a millisecond between them, SACK and a window scale of 1.</summary>
    public Conversation Open(int window = 1000)
    {
        byte[] options = Hex("0204 05b4 0402 01 030301 00");
        Client(seq: 0, ack: 0, flags: Syn, window: window, options: options).Wait(1);
        Server(seq: 0, ack: 1, flags: SynAck, window: window, options: options).Wait(1);
        return Client(seq: 1, ack: 1, window: window).Wait(1);
    }

    public Conversation Client(long seq, long ack, int length = 0, int flags = Ack, int window = 1000, byte[]? options = null) =>
        Add(true, Tcp(port, 80, ClientStart + (uint)seq, flags is Syn or Reset ? 0 : ServerStart + (uint)ack, flags, window, options, new byte[length]));

    public Conversation Server(long seq, long ack, int length = 0, int flags = Ack, int window = 1000, byte[]? options = null) =>
        Add(false, Tcp(80, port, ServerStart + (uint)seq, flags == Reset ? 0 : ClientStart + (uint)ack, flags, window, options, new byte[length]));

    /// <summary>A block of the client's data that the server has.</summary>
    public static byte[] Sack(long left, long right) => Join(Hex("0101 050a"), U32(ClientStart + (uint)left), U32(ClientStart + (uint)right));

    public List<SegmentAnalysis> Judge()
    {
        var analysis = new CaptureAnalysis();
        return [.. _frames.Select(frame => analysis.Add(Packet.Dissect(frame))!.Value)];
    }

    public StreamSummary Summarize()
    {
        var analysis = new CaptureAnalysis();
        foreach (CapturedFrame frame in _frames)
            analysis.Add(Packet.Dissect(frame));
        return analysis.Streams[0].Summarize();
    }

    public static void Write(string path, IEnumerable<CapturedFrame> frames)
    {
        using var writer = PcapngWriter.Create(path);
        int device = writer.AddInterface(LinkType.Raw, "path");
        foreach (CapturedFrame frame in frames)
            writer.Write(device, frame.TimestampNs, frame.Bytes.Span, frame.OriginalBytes);
    }

    private Conversation Add(bool fromClient, byte[] segment)
    {
        byte[] packet = fromClient ? Ipv4(6, segment, A4, B4, id: ++_identification) : Ipv4(6, segment, B4, A4, id: ++_identification);
        _frames.Add(new CapturedFrame(LinkType.Raw, _timeNs, packet, packet.Length));
        return this;
    }
}
