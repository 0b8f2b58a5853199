using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Samples;

/// <summary>A client on port 40000 and a server on port 80, and the table that watches them.</summary>
internal sealed class Conversation(StreamTable table)
{
    public const int Syn = 2;
    public const int Ack = 0x10;
    public const int SynAck = 0x12;

    public StreamSegment Client(uint seq, uint ack = 0, int flags = Ack, int window = 500, string options = "", int bytes = 0, int port = 40000) =>
        table.Observe(Segment(A4, port, B4, 80, seq, ack, flags, window, options, bytes))!.Value;

    public StreamSegment Server(uint seq, uint ack = 0, int flags = Ack, int window = 500, string options = "", int bytes = 0, int port = 40000) =>
        table.Observe(Segment(B4, 80, A4, port, seq, ack, flags, window, options, bytes))!.Value;

    private static Packet Segment(
        string source, int from, string destination, int to, uint seq, uint ack, int flags, int window, string options, int bytes) =>
        Packet.Dissect(Frame(
            Ipv4(6, Tcp(from, to, seq, ack, flags, window, Hex(options), new byte[bytes]), source, destination), LinkType.Raw));
}
