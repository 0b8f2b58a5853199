using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>A packet(7) socket on one interface: whole frames in and out.</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int SendBufferBytes = 4 * 1024 * 1024;

    private PacketSocket(SafeFd fd, FrameRing ring) => (Fd, Ring) = (fd, ring);

    public SafeFd Fd { get; }

    /// <summary>What has come in.</summary>
    public FrameRing Ring { get; }

    /// <summary>On a thread in the interface's namespace.</summary>
    /// <exception cref="SocketCallException">EPERM: CAP_NET_RAW is missing.</exception>
    public static PacketSocket Open(int interfaceIndex, WireOptions options)
    {
        SysResult created = Sys.Socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol: 0);
        if (!created.IsOk)
            throw new SocketCallException("socket", created.Errno, "packet");
        var fd = new SafeFd(created.Value);
        try
        {
            // Before it is bound nothing comes in; what we send would come back otherwise.
            Check(Sys.SetSockOpt(fd.Number, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1), "setsockopt PACKET_IGNORE_OUTGOING");
            Check(Sys.SetSockOpt(fd.Number, SOL_PACKET, PACKET_QDISC_BYPASS, 1), "setsockopt PACKET_QDISC_BYPASS");
            // An ordinary user's namespace has no say in net.core.wmem_max, and gets what that allows.
            if (!Sys.SetSockOpt(fd.Number, SOL_SOCKET, SO_SNDBUFFORCE, SendBufferBytes).IsOk)
                Sys.SetSockOpt(fd.Number, SOL_SOCKET, SO_SNDBUF, SendBufferBytes);
            FrameRing ring = FrameRing.Map(fd, options);
            sockaddr_ll address = new()
            {
                sll_family = AF_PACKET,
                sll_protocol = BinaryPrimitives.ReverseEndianness(ETH_P_ALL),
                sll_ifindex = interfaceIndex,
            };
            Check(Sys.Bind(fd.Number, MemoryMarshal.AsBytes(new ReadOnlySpan<sockaddr_ll>(ref address))), "bind");
            return new PacketSocket(fd, ring);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Frames that the kernel could not queue for us since this was asked last.</summary>
    public long TakeDrops()
    {
        tpacket_stats stats = default;
        using FdHold fd = new(Fd);
        SysResult read = Sys.GetSockOpt(fd.Number, SOL_PACKET, PACKET_STATISTICS, MemoryMarshal.AsBytes(new Span<tpacket_stats>(ref stats)), out int _);
        return read.IsOk ? stats.tp_drops : 0;
    }

    public void Dispose()
    {
        Ring.Dispose();
        Fd.Dispose();
    }

    internal static void Check(SysResult result, string operation)
    {
        if (!result.IsOk)
            throw new SocketCallException(operation, result.Errno, "packet");
    }
}
