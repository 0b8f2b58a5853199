using System.Text;

namespace Weir.Packets.Capture;

/// <summary>An expression of pcap-filter(7), compiled for one kind of frame: the language of tcpdump.</summary>
public sealed unsafe class PacketFilter : IDisposable
{
    private bpf_program _program;
    private bool _isDisposed;

    private PacketFilter()
    {
    }

    /// <exception cref="CaptureException">libpcap does not understand the expression; the message is its own.</exception>
    public static PacketFilter Compile(string expression, LinkType link)
    {
        nint pcap = PcapErrors.Loaded(() => Pcap.pcap_open_dead(PcapLinks.ToPcap(link), CaptureOptions.MaxSnapLengthBytes));
        try
        {
            return Compile(expression, pcap);
        }
        finally
        {
            Pcap.pcap_close(pcap);
        }
    }

    /// <summary>Whether the frame is one of those that the expression describes.</summary>
    public bool Matches(ReadOnlySpan<byte> frame, int originalBytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var header = new pcap_pkthdr { caplen = (uint)frame.Length, len = (uint)originalBytes };
        fixed (bpf_program* program = &_program)
        fixed (byte* bytes = frame)
            return Pcap.pcap_offline_filter(program, &header, bytes) != 0;
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        fixed (bpf_program* program = &_program)
            Pcap.pcap_freecode(program);
    }

    internal static PacketFilter Compile(string expression, nint pcap)
    {
        var filter = new PacketFilter();
        fixed (bpf_program* program = &filter._program)
        fixed (byte* text = Encoding.UTF8.GetBytes(expression + '\0'))
        {
            if (Pcap.pcap_compile(pcap, program, text, optimize: 1, Pcap.NetmaskUnknown) != 0)
                throw new CaptureException($"filter '{expression}': {Pcap.Text(Pcap.pcap_geterr(pcap))}; see pcap-filter(7)");
        }

        return filter;
    }

    internal void Set(nint pcap)
    {
        fixed (bpf_program* program = &_program)
        {
            if (Pcap.pcap_setfilter(pcap, program) != 0)
                throw new CaptureException($"the filter could not be set: {Pcap.Text(Pcap.pcap_geterr(pcap))}");
        }
    }
}
