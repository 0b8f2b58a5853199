using System.Net;
using Weir.Inspect.Processes;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Inspect;

/// <summary>Whose a socket is, by its addresses. For one thread; of the network namespace in which it was created.</summary>
public sealed class SocketOwners : IDisposable
{
    private readonly SockDiag _sockets = new();
    private readonly SocketHolders _holders = new();
    private readonly LocalAddresses _addresses = new();

    /// <summary>The process that holds the socket with these addresses. Of one that nobody has accepted yet it is the listener's.</summary>
    /// <param name="protocol">IPPROTO_TCP or IPPROTO_UDP; of others nobody is known.</param>
    /// <returns>Null when there is no such socket, or when this user may not see the process.</returns>
    public SocketHolder? Find(int protocol, KernelAddress local, KernelAddress remote)
    {
        if (protocol is not (IPPROTO_TCP or IPPROTO_UDP))
            return null;
        local = Unmapped(local);
        // A socket on every address would be found for those of other machines too.
        return IsLocal(local) ? _holders.Find(InodeOf(protocol, local, Unmapped(remote))) : null;
    }

    /// <summary>Whether the address is this machine's, or one that many take packets for.</summary>
    public bool IsLocal(KernelAddress address) => _addresses.Contain(Unmapped(address));

    /// <summary>Learns whose the sockets are that there are now. The first question after this is answered sooner, which short connections need.</summary>
    public void Prepare()
    {
        _holders.LookAtAll();
        KernelAddress nobody = KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0);
        Find(IPPROTO_TCP, nobody, nobody);
    }

    public void Dispose() => _sockets.Dispose();

    private uint InodeOf(int protocol, KernelAddress local, KernelAddress remote)
    {
        if (_sockets.Find(protocol, local, remote) is { Inode: > 0 } found)
            return found.Inode;
        KernelAddress nobody = KernelAddress.FromIPAddress(local.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port: 0);
        return protocol == IPPROTO_TCP && _sockets.Find(protocol, local, nobody) is { } listener ? listener.Inode : 0;
    }

    // A listener on IPv4 is not found by an address of IPv6 that stands for one of IPv4.
    private static KernelAddress Unmapped(KernelAddress address) =>
        address.IsIPv6 && address.ToIPEndPoint() is { Address.IsIPv4MappedToIPv6: true } mapped
            ? KernelAddress.FromIPAddress(mapped.Address.MapToIPv4(), mapped.Port)
            : address;
}
