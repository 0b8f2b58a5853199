using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Netlink;

/// <summary>
/// A NETLINK_ROUTE socket, and one datagram socket for the requests of netdevice(7). Both belong to the network namespace in which they
/// were made, whichever thread uses them.
/// </summary>
internal sealed class RouteSocket : IDisposable
{
    private const int ReplyBytes = 4096;
    private const int MaxForeignReplies = 16;

    private readonly Lock _lock = new();
    private readonly SafeFd _netlink = Create(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    private readonly SafeFd _device = Create(AF_INET, SOCK_DGRAM, 0);
    private uint _sequence;

    /// <summary>On the thread that is in the namespace.</summary>
    public RouteSocket()
    {
        using FdHold fd = new(_netlink);
        Sys.SetSockOpt(fd.Number, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Sys.SetSockOpt(fd.Number, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    }

    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Request(NetlinkRequest request)
    {
        lock (_lock)
        {
            using FdHold fd = new(_netlink);
            uint sequence = ++_sequence;
            SysResult sent = Sys.Send(fd.Number, request.Finish(sequence), flags: 0);
            if (!sent.IsOk)
                throw new NetlinkException(request.What, sent.Errno);
            NetlinkReply reply = Receive(fd.Number, request.What, sequence);
            if (reply.Error is not Errno.None)
                throw new NetlinkException(request.What, reply.Error, reply.Explanation);
        }
    }

    /// <summary>SIOCGIFINDEX.</summary>
    public unsafe int IndexOf(string interfaceName)
    {
        ifreq request = default;
        Name(interfaceName).CopyTo(new Span<byte>(&request, IFNAMSIZ));
        using FdHold fd = new(_device);
        SysResult found = Sys.Ioctl(fd.Number, SIOCGIFINDEX, MemoryMarshal.AsBytes(new Span<ifreq>(ref request)));
        return found.IsOk ? request.ifr_ifindex : throw new NetlinkException($"look up {interfaceName}", found.Errno);
    }

    /// <summary>Packets leave as they are on a cable: no larger than the MTU, with their checksums; and these are looked at when they arrive.</summary>
    public void SwitchOffloadsOff(string interfaceName)
    {
        using FdHold fd = new(_device);
        foreach (uint command in (ReadOnlySpan<uint>)[ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO])
        {
            SysResult set = Sys.SetEthtool(fd.Number, Name(interfaceName), command, 0);
            if (!set.IsOk && set.Errno is not Errno.EOPNOTSUPP)
                throw new NetlinkException($"switch off offload {command:x} of {interfaceName}", set.Errno);
        }
    }

    public void Dispose()
    {
        _netlink.Dispose();
        _device.Dispose();
    }

    private static NetlinkReply Receive(int fd, string what, uint sequence)
    {
        Span<byte> buffer = stackalloc byte[ReplyBytes];
        for (int i = 0; i < MaxForeignReplies; i++)
        {
            SysResult received = Sys.Recv(fd, buffer, flags: 0);
            if (!received.IsOk && received.Errno is not Errno.EINTR)
                throw new NetlinkException(what, received.Errno);
            if (received.IsOk && NetlinkReply.TryRead(buffer[..received.Value], out NetlinkReply reply) && reply.Sequence == sequence)
                return reply;
        }

        throw new NetlinkException(what, Errno.EPROTO, "no acknowledgement has come");
    }

    private static byte[] Name(string name) => System.Text.Encoding.ASCII.GetBytes(name);

    private static SafeFd Create(int family, int type, int protocol)
    {
        SysResult created = Sys.Socket(family, type | SOCK_CLOEXEC, protocol);
        return created.IsOk ? new SafeFd(created.Value) : throw new SocketCallException("socket", created.Errno);
    }
}
