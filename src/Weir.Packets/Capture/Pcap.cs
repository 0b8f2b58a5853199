using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Weir.Packets.Capture;

/// <summary>libpcap's functions (pcap(3PCAP)), the one native library that is not the kernel. The name is that of the runtime package, which is installed more often than the developers' one.</summary>
internal static unsafe partial class Pcap
{
    public const int ErrorBufferBytes = 256;
    public const int PrecisionNano = 1;
    public const int NetmaskUnknown = -1;

    [LibraryImport("libpcap.so.0.8")]
    public static partial nint pcap_create(byte* source, byte* error);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_snaplen(nint pcap, int bytes);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_promisc(nint pcap, int on);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_timeout(nint pcap, int milliseconds);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_immediate_mode(nint pcap, int on);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_buffer_size(nint pcap, int bytes);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_tstamp_precision(nint pcap, int precision);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_activate(nint pcap);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_set_datalink(nint pcap, int link);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_datalink(nint pcap);

    [LibraryImport("libpcap.so.0.8")]
    public static partial nint pcap_geterr(nint pcap);

    [LibraryImport("libpcap.so.0.8")]
    public static partial nint pcap_statustostr(int status);

    [LibraryImport("libpcap.so.0.8")]
    public static partial nint pcap_open_dead(int link, int snapLengthBytes);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_compile(nint pcap, bpf_program* program, byte* expression, int optimize, int netmask);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_setfilter(nint pcap, bpf_program* program);

    [LibraryImport("libpcap.so.0.8")]
    public static partial void pcap_freecode(bpf_program* program);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_offline_filter(bpf_program* program, pcap_pkthdr* header, byte* bytes);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_dispatch(nint pcap, int count, delegate* unmanaged<nint, pcap_pkthdr*, byte*, void> callback, nint user);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_setnonblock(nint pcap, int on, byte* error);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_get_selectable_fd(nint pcap);

    [LibraryImport("libpcap.so.0.8")]
    public static partial int pcap_stats(nint pcap, pcap_stat* statistics);

    [LibraryImport("libpcap.so.0.8")]
    public static partial void pcap_close(nint pcap);

    public static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
