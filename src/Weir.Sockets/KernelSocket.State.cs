using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public sealed partial class KernelSocket
{
    /// <summary>getsockname(2).</summary>
    public KernelAddress LocalAddress
    {
        get
        {
            Span<byte> bytes = stackalloc byte[KernelAddress.MaxBytes];
            using FdHold fd = new(Fd);
            SysResult result = Sys.GetSocketName(fd.Number, bytes, out int length);
            return result.IsOk
                ? KernelAddress.FromBytes(bytes[..Math.Min(length, bytes.Length)])
                : throw new SocketCallException("getsockname", result.Errno);
        }
    }

    /// <summary>getpeername(2); null when there is no peer, or no longer.</summary>
    public KernelAddress? PeerAddress
    {
        get
        {
            Span<byte> bytes = stackalloc byte[KernelAddress.MaxBytes];
            using FdHold fd = new(Fd);
            SysResult result = Sys.GetPeerName(fd.Number, bytes, out int length);
            return result.IsOk ? KernelAddress.FromBytes(bytes[..Math.Min(length, bytes.Length)]) : null;
        }
    }

    /// <summary>The scheme of this kind of socket, for messages: tcp, udp, unix, unixgram or unixpacket.</summary>
    public SocketScheme Scheme
    {
        get
        {
            using FdHold fd = new(Fd);
            Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_DOMAIN, out int family);
            Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_TYPE, out int type);
            return (family, type) switch
            {
                (AF_UNIX, SOCK_DGRAM) => SocketScheme.UnixGram,
                (AF_UNIX, SOCK_SEQPACKET) => SocketScheme.UnixPacket,
                (AF_UNIX, _) => SocketScheme.Unix,
                (_, SOCK_DGRAM) => SocketScheme.Udp,
                _ => SocketScheme.Tcp,
            };
        }
    }

    /// <summary>How many bytes wait in the kernel's buffers of this socket.</summary>
    public SocketQueues Queues => new()
    {
        ReceiveBytes = ReadCount(SIOCINQ),
        SendBytes = ReadCount(SIOCOUTQ),
        UnsentBytes = ReadCount(SIOCOUTQNSD),
    };

    /// <summary>TCP_INFO; null when the socket is not of TCP.</summary>
    public TcpInfo? Info
    {
        get
        {
            tcp_info info = default;
            using FdHold fd = new(Fd);
            SysResult result = Sys.GetSockOpt(fd.Number, IPPROTO_TCP, TCP_INFO, MemoryMarshal.AsBytes(new Span<tcp_info>(ref info)), out int _);
            return result.IsOk ? new TcpInfo(info) : null;
        }
    }

    /// <summary>SO_PEERCRED: the process that connected, or that listened, at the time it did; null on other than unix sockets.</summary>
    public ucred? PeerCredentials
    {
        get
        {
            ucred credentials = default;
            using FdHold fd = new(Fd);
            SysResult result = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(new Span<ucred>(ref credentials)), out int _);
            return result.IsOk && credentials.pid != 0 ? credentials : null;
        }
    }

    // SIOCINQ on a listener, and the requests that a family does not have, are EINVAL and the like: no such queue, no bytes in it.
    private int ReadCount(uint request)
    {
        using FdHold fd = new(Fd);
        return Sys.IoctlInt(fd.Number, request, out int count).IsOk ? count : 0;
    }
}
