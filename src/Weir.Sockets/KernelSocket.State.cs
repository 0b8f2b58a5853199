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
            SysResult result = ReadLocalAddress(out KernelAddress address);
            return result.IsOk ? address : throw new SocketCallException("getsockname", result.Errno);
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

    /// <summary>The scheme of this kind of socket, for messages: tcp, udp, unix, unixgram or unixpacket; fd for any other kind.</summary>
    public SocketScheme Scheme
    {
        get
        {
            SysResult result = ReadScheme(out SocketScheme scheme);
            return result.IsOk ? scheme : throw new SocketCallException("getsockopt", result.Errno);
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
            Span<byte> bytes = MemoryMarshal.AsBytes(new Span<tcp_info>(ref info));
            SysResult result = Sys.GetSockOpt(fd.Number, IPPROTO_TCP, TCP_INFO, bytes, out int _);
            return result.IsOk ? new TcpInfo(info) : null;
        }
    }

    /// <summary>
    /// SO_PEERCRED: the process that connected, or that listened, at the time it did; null without a peer and on other than unix sockets.
    /// </summary>
    public ProcessCredentials? PeerCredentials
    {
        get
        {
            ucred read = default;
            using FdHold fd = new(Fd);
            Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ucred>(ref read));
            SysResult result = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_PEERCRED, bytes, out int _);
            var credentials = ProcessCredentials.FromKernel(read);
            return result.IsOk && credentials != ProcessCredentials.Nobody ? credentials : null;
        }
    }

    private SysResult ReadLocalAddress(out KernelAddress address)
    {
        Span<byte> bytes = stackalloc byte[KernelAddress.MaxBytes];
        using FdHold fd = new(Fd);
        SysResult result = Sys.GetSocketName(fd.Number, bytes, out int length);
        address = result.IsOk ? KernelAddress.FromBytes(bytes[..Math.Min(length, bytes.Length)]) : default;
        return result;
    }

    private SysResult ReadScheme(out SocketScheme scheme)
    {
        using FdHold fd = new(Fd);
        SysResult result = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_DOMAIN, out int family);
        Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_TYPE, out int type);
        scheme = (family, type) switch
        {
            (AF_INET or AF_INET6, SOCK_STREAM) => SocketScheme.Tcp,
            (AF_INET or AF_INET6, SOCK_DGRAM) => SocketScheme.Udp,
            (AF_UNIX, SOCK_STREAM) => SocketScheme.Unix,
            (AF_UNIX, SOCK_DGRAM) => SocketScheme.UnixGram,
            (AF_UNIX, SOCK_SEQPACKET) => SocketScheme.UnixPacket,
            _ => SocketScheme.Fd,
        };
        return result;
    }

    // SIOCINQ on a listener, and the requests that a family does not have, are EINVAL and the like: no such queue, no bytes in it.
    private int ReadCount(uint request)
    {
        using FdHold fd = new(Fd);
        return Sys.IoctlInt(fd.Number, request, out int count).IsOk ? count : 0;
    }
}
