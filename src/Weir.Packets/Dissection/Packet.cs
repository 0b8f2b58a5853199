namespace Weir.Packets.Dissection;

/// <summary>
/// What a captured frame holds, layer by layer. A layer that is not there, or is cut off before its fixed fields end, is null; what is wrong is
/// in <see cref="Notes"/>. Any bytes may be given: dissecting throws nothing and its work is bounded.
/// </summary>
public sealed class Packet
{
    /// <summary>The most notes a packet gets: hostile ones could have thousands of faults.</summary>
    public const int MaxNotes = 16;

    private List<string>? _notes;

    internal Packet(in CapturedFrame frame, DissectionOptions options)
    {
        Frame = frame;
        Options = options;
    }

    public CapturedFrame Frame { get; }

    public EthernetHeader? Ethernet { get; internal set; }

    /// <summary>The header that Linux puts in place of the link's own on its "any" device.</summary>
    public CookedHeader? Cooked { get; internal set; }

    /// <summary>The outermost first.</summary>
    public IReadOnlyList<VlanTag> Vlans { get; internal set; } = [];

    /// <summary>The protocol above the link and its VLAN tags.</summary>
    public EtherType EtherType { get; internal set; }

    public ArpHeader? Arp { get; internal set; }

    public IpHeader? Ip { get; internal set; }

    public IcmpMessage? Icmp { get; internal set; }

    public TcpHeader? Tcp { get; internal set; }

    public UdpHeader? Udp { get; internal set; }

    public DnsMessage? Dns { get; internal set; }

    public TlsRecords? Tls { get; internal set; }

    /// <summary>What the innermost header that was understood carries, as far as it was captured; never the frame's padding.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>How long the payload was on the wire, as the headers say; more than <see cref="Payload"/> holds where the capture cut it.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>What is wrong or cut off, a sentence each: <c>tcp: the header is cut off at 12 of 20 bytes</c>.</summary>
    public IReadOnlyList<string> Notes => _notes ?? (IReadOnlyList<string>)[];

    internal DissectionOptions Options { get; }

    /// <summary>Looks at a frame from the outside in.</summary>
    public static Packet Dissect(in CapturedFrame frame, DissectionOptions? options = null)
    {
        var packet = new Packet(frame, options ?? DissectionOptions.Default);
        LinkDissector.Dissect(packet, new Layer(frame.Bytes, Math.Max(frame.OriginalBytes, frame.Bytes.Length)));
        return packet;
    }

    internal void Carry(Layer payload) => (Payload, PayloadBytes) = (payload.Bytes, payload.WireBytes);

    internal void Note(string note)
    {
        _notes ??= [];
        if (_notes.Count < MaxNotes)
            _notes.Add(note);
    }

    /// <summary>False, with a note, when fewer bytes are there than a header needs.</summary>
    internal bool Holds(Layer layer, int neededBytes, string protocol, string part = "header")
    {
        if (layer.Bytes.Length >= neededBytes)
            return true;
        Note($"{protocol}: the {part} is cut off at {layer.Bytes.Length} of {neededBytes} bytes");
        return false;
    }
}
