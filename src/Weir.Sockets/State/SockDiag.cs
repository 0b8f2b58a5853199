using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>Questions to the kernel's table of sockets (sock_diag(7)), one socket at a time. It is about the network namespace in which it was created, from whichever thread it is asked; by one at a time.</summary>
internal sealed unsafe class SockDiag : IDisposable
{
    private const uint EveryState = 0xFFF;

    private readonly SafeFd _socket;
    private readonly byte[] _reply = new byte[4096];
    private uint _sequence;

    /// <exception cref="SocketCallException">This kernel has no sock_diag, or no descriptor is left.</exception>
    public SockDiag()
    {
        SysResult socket = Sys.Socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        if (!socket.IsOk)
            throw new SocketCallException("socket netlink:sock_diag", socket.Errno);
        _socket = new SafeFd(socket.Value);
    }

    /// <summary>The socket with these two addresses, or one that would receive what comes for them; null when there is none.</summary>
    /// <param name="protocol">IPPROTO_TCP or IPPROTO_UDP.</param>
    /// <param name="remote">Of the same family; the unspecified address and port 0 for a listener's.</param>
    public SocketEntry? Find(int protocol, KernelAddress local, KernelAddress remote)
    {
        var request = new inet_diag_req_v2
        {
            sdiag_family = (byte)local.Family,
            sdiag_protocol = (byte)protocol,
            idiag_states = EveryState,
        };
        // A UDP socket is looked up as the receiver of a datagram, and the sides are the sender's then (udp_dump_one).
        bool isTurned = protocol == IPPROTO_UDP;
        Fill(ref request.id, isTurned ? remote : local, isTurned ? local : remote);
        return Ask(request);
    }

    public void Dispose() => _socket.Dispose();

    private static void Fill(ref inet_diag_sockid id, KernelAddress source, KernelAddress destination)
    {
        id.idiag_sport = BinaryPrimitives.ReverseEndianness((ushort)source.Port);
        id.idiag_dport = BinaryPrimitives.ReverseEndianness((ushort)destination.Port);
        source.AddressBytes.CopyTo(MemoryMarshal.CreateSpan(ref id.idiag_src[0], 16));
        destination.AddressBytes.CopyTo(MemoryMarshal.CreateSpan(ref id.idiag_dst[0], 16));
        id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    }

    private SocketEntry? Ask(inet_diag_req_v2 request)
    {
        Span<byte> message = stackalloc byte[sizeof(nlmsghdr) + sizeof(inet_diag_req_v2)];
        MemoryMarshal.Write(message, new nlmsghdr
        {
            nlmsg_len = (uint)message.Length,
            nlmsg_type = SOCK_DIAG_BY_FAMILY,
            nlmsg_flags = NLM_F_REQUEST,
            nlmsg_seq = ++_sequence,
        });
        MemoryMarshal.Write(message[sizeof(nlmsghdr)..], request);
        SysResult sent = Sys.Send(_socket.Number, message, flags: 0);
        if (!sent.IsOk)
            return null;
        // The kernel answers within the call that asks, so nothing is waited for.
        while (Sys.Recv(_socket.Number, _reply, MSG_DONTWAIT) is { IsOk: true } received)
        {
            if (received.Value < sizeof(nlmsghdr) || MemoryMarshal.Read<nlmsghdr>(_reply) is var header && header.nlmsg_seq != _sequence)
                continue;
            if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || received.Value < sizeof(nlmsghdr) + sizeof(inet_diag_msg))
                return null;
            ref inet_diag_msg found = ref Unsafe.As<byte, inet_diag_msg>(ref _reply[sizeof(nlmsghdr)]);
            ulong cookie = found.id.idiag_cookie[0] | (ulong)found.id.idiag_cookie[1] << 32;
            return new SocketEntry((TcpState)found.idiag_state, found.idiag_inode, found.idiag_uid, found.idiag_rqueue, found.idiag_wqueue, cookie);
        }

        return null;
    }
}
