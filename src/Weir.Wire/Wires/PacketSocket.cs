using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>A packet(7) socket on one interface: whole frames in and out.</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int SendBufferBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan s_roomLimit = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_fullPause = TimeSpan.FromMilliseconds(0.1);

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
        FrameRing? ring = null;
        try
        {
            // Before it is bound nothing comes in; what we send would come back otherwise.
            Check(Sys.SetSockOpt(fd.Number, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1), "setsockopt PACKET_IGNORE_OUTGOING");
            Check(Sys.SetSockOpt(fd.Number, SOL_PACKET, PACKET_QDISC_BYPASS, 1), "setsockopt PACKET_QDISC_BYPASS");
            // An ordinary user's namespace has no say in net.core.wmem_max, and gets what that allows.
            if (!Sys.SetSockOpt(fd.Number, SOL_SOCKET, SO_SNDBUFFORCE, SendBufferBytes).IsOk)
                Sys.SetSockOpt(fd.Number, SOL_SOCKET, SO_SNDBUF, SendBufferBytes);
            ring = FrameRing.Map(fd, options);
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
            ring?.Dispose();
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Sends a frame, and tries again for so long while there is no room for it.</summary>
    /// <param name="socket">That of the link.</param>
    /// <param name="frame">From the Ethernet header on.</param>
    /// <param name="limit">How long to wait for room.</param>
    /// <param name="at">When it left: what waited for room left when there was some.</param>
    public static SysResult Send(SafeFd socket, ReadOnlySpan<byte> frame, TimeSpan limit, out long at)
    {
        using FdHold fd = new(socket);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            at = Stopwatch.GetTimestamp();
            SysResult sent = Sys.Send(fd.Number, frame, MSG_DONTWAIT);
            if (sent.IsOk || !IsPassing(sent.Errno) || Stopwatch.GetElapsedTime(start) >= limit)
                return sent;
            WaitForRoom(fd.Number, sent.Errno);
        }
    }

    /// <summary>Whether the same frame may be taken a moment later.</summary>
    public static bool IsPassing(Errno errno) => errno is Errno.EAGAIN or Errno.ENOBUFS or Errno.EINTR;

    // EAGAIN: our own buffer is full, and poll(2) tells when it is not. ENOBUFS: the receiver's queue is, or its interface is down; nothing tells.
    public static void WaitForRoom(int fd, Errno errno)
    {
        Span<pollfd> one = [new pollfd { fd = fd, events = POLLOUT }];
        if (errno is Errno.ENOBUFS)
            Sys.Poll([], s_fullPause);
        else
            Sys.Poll(one, s_roomLimit);
    }

    /// <summary>Frames that the kernel could not queue for us since this was asked last.</summary>
    public long TakeDrops()
    {
        tpacket_stats stats = default;
        using FdHold fd = new(Fd);
        SysResult read = Sys.GetSockOpt(fd.Number, SOL_PACKET, PACKET_STATISTICS, MemoryMarshal.AsBytes(new Span<tpacket_stats>(ref stats)), out int _);
        return read.IsOk ? stats.tp_drops : 0;
    }

    /// <summary>
    /// Reads what poll(2) has told of, POLLERR: as long as it waits, every poll returns at once. ENETDOWN: the interface is down, or gone for good.
    /// </summary>
    public void ClearError()
    {
        using FdHold fd = new(Fd);
        _ = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_ERROR, out int _);
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
