using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// Level IPPROTO_UDP.
public static partial class SocketOptions
{
    /// <summary>Size of the datagrams that the kernel cuts one send into (generic segmentation offload); 0 is off.</summary>
    public static SocketOption<int> UdpSegmentBytes { get; } = new(new IntCodec(0, 65_507, "bytes"))
    {
        Name = "segment",
        KernelName = nameof(UDP_SEGMENT),
        Level = OptionLevel.Udp,
        Number = UDP_SEGMENT,
        Unit = "bytes",
        Summary = "cut what one send carries into datagrams of this size; 0 is off",
        ManPage = "udp(7)",
        FirstKernel = new(4, 18),
        AppliesTo = SocketSchemes.AnyUdp | SocketSchemes.Fd,
    };

    /// <summary>One receive may bring several datagrams of one flow, joined (generic receive offload).</summary>
    public static SocketOption<bool> UdpReceiveOffload { get; } = new(FlagCodec.Instance)
    {
        Name = "gro",
        KernelName = nameof(UDP_GRO),
        Level = OptionLevel.Udp,
        Number = UDP_GRO,
        Summary = "receive datagrams of one flow and size together in one buffer",
        ManPage = "udp(7)",
        FirstKernel = new(5, 0),
        AppliesTo = SocketSchemes.AnyUdp | SocketSchemes.Fd,
    };
}
