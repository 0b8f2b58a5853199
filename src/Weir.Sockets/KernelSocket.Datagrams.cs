using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

// What only datagram sockets have.
public sealed partial class KernelSocket
{
    /// <summary>Datagrams that the kernel dropped because the receive buffer was full (SO_MEMINFO, since Linux 4.12; 0 before).</summary>
    public long DroppedDatagrams => ReadMemoryInfo(SK_MEMINFO_DROPS);

    /// <summary>
    /// No datagram is queued any more; those that wait can still be received. A unix sender is refused (EPIPE), one of UDP is not told.
    /// Everybody who shares the socket is affected.
    /// </summary>
    public unsafe SysResult StopReceiving()
    {
        using FdHold fd = new(Fd);
        Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_DOMAIN, out int family);
        if (family == AF_UNIX)
            return Sys.Shutdown(fd.Number, SHUT_RD);
        // shutdown(2) on UDP ends no receiving; a filter that takes nothing does (socket(7)).
        sock_filter takeNothing = new() { code = BPF_RET | BPF_K, k = 0 };
        sock_fprog program = new() { len = 1, filter = &takeNothing };
        return Sys.SetSockOpt(fd.Number, SOL_SOCKET, SO_ATTACH_FILTER, MemoryMarshal.AsBytes(new ReadOnlySpan<sock_fprog>(ref program)));
    }

    /// <summary>Receives what is sent to the group as well (MCAST_JOIN_GROUP).</summary>
    /// <param name="group">A multicast address of the socket's family; its port does not matter.</param>
    /// <param name="interfaceIndex">Where to listen; 0 lets the routing table choose.</param>
    /// <exception cref="SocketCallException">EINVAL: no multicast address; ENODEV: no interface; EADDRINUSE: joined already.</exception>
    public void JoinGroup(in KernelAddress group, uint interfaceIndex = 0) => ChangeGroup(MCAST_JOIN_GROUP, "join", group, interfaceIndex);

    /// <summary>Ends <see cref="JoinGroup"/>.</summary>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: the group was not joined on that interface.</exception>
    public void LeaveGroup(in KernelAddress group, uint interfaceIndex = 0) => ChangeGroup(MCAST_LEAVE_GROUP, "leave", group, interfaceIndex);

    private void ChangeGroup(int request, string operation, in KernelAddress group, uint interfaceIndex)
    {
        group_req change = new() { gr_interface = interfaceIndex };
        group.Bytes.CopyTo(MemoryMarshal.AsBytes(new Span<sockaddr_storage>(ref change.gr_group)));
        using FdHold fd = new(Fd);
        int level = group.IsIPv6 ? IPPROTO_IPV6 : IPPROTO_IP;
        SysResult result = Sys.SetSockOpt(fd.Number, level, request, MemoryMarshal.AsBytes(new ReadOnlySpan<group_req>(ref change)));
        if (!result.IsOk)
            throw new SocketCallException(operation, result.Errno, $"group {group}");
    }

    private long ReadMemoryInfo(int index)
    {
        Span<uint> numbers = stackalloc uint[SK_MEMINFO_VARS];
        numbers.Clear();
        using FdHold fd = new(Fd);
        SysResult read = Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_MEMINFO, MemoryMarshal.AsBytes(numbers), out int _);
        return read.IsOk ? numbers[index] : 0;
    }
}
