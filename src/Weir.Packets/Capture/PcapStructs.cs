using System.Runtime.InteropServices;

namespace Weir.Packets.Capture;

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_program
{
    public uint bf_len;
    public void* bf_insns;
}

[StructLayout(LayoutKind.Sequential)]
internal struct pcap_pkthdr
{
    public nint tv_sec;

    /// <summary>Microseconds, or nanoseconds where that precision was set.</summary>
    public nint tv_usec;

    public uint caplen;
    public uint len;
}

[StructLayout(LayoutKind.Sequential)]
internal struct pcap_stat
{
    public uint ps_recv;
    public uint ps_drop;
    public uint ps_ifdrop;
}
