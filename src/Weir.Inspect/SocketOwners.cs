using System.Net;
using Weir.Inspect.Processes;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Inspect;

/// <summary>Whose a socket is, by its addresses. For one thread; of the network namespace in which it was created.</summary>
public sealed class SocketOwners : IDisposable
{
    private readonly SockDiag _sockets = new();
    private readonly SocketHolders _holders;
    private readonly LocalAddresses _addresses = new();

    public SocketOwners()
        : this(share: null)
    {
    }

    /// <param name="share">How much time may go into looking through /proc; without limit when null.</param>
    internal SocketOwners(TimeShare? share) => _holders = new SocketHolders(share);

    /// <summary>How often all processes had to be gone through.</summary>
    internal int Walks => _holders.Walks;

    /// <summary>The process that holds the socket with these addresses. Of one that nobody has accepted yet it is the listener's.</summary>
    /// <param name="protocol">IPPROTO_TCP or IPPROTO_UDP; of others nobody is known.</param>
    /// <returns>Null when there is no such socket, or when this user may not see the process.</returns>
    public SocketHolder? Find(int protocol, KernelAddress local, KernelAddress remote) => Look(protocol, local, remote).Holder;

    /// <summary>The same, with what the kernel says about the socket. A process that is likely to have it is asked first.</summary>
    internal SocketFinding Look(int protocol, KernelAddress local, KernelAddress remote, int likelyProcess = 0)
    {
        local = Unmapped(local);
        // A socket on every address would be found for those of other machines too.
        if (protocol is not (IPPROTO_TCP or IPPROTO_UDP) || !IsLocal(local))
            return default;
        SocketEntry? entry = _sockets.Find(protocol, local, Unmapped(remote));
        if (entry is { Inode: > 0 } found)
            return new SocketFinding(_holders.Find(found.Inode, likelyProcess), found.Cookie, IsProvisional: false);
        if (protocol != IPPROTO_TCP)
            return default;
        // Nobody has accepted it yet, or it is closed already.
        SocketEntry? listener = _sockets.Find(protocol, local, KernelAddress.FromIPAddress(local.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port: 0));
        SocketHolder? holder = listener is null ? null : _holders.Find(listener.Value.Inode, likelyProcess);
        return new SocketFinding(holder, entry?.Cookie ?? 0, IsProvisional: holder is not null && (entry is null || CanBeAccepted(entry.Value.State)));
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

    // What its own side has closed was accepted before.
    private static bool CanBeAccepted(TcpState state) => state is TcpState.SynReceived or TcpState.Established or TcpState.CloseWait;

    // A listener on IPv4 is not found by an address of IPv6 that stands for one of IPv4.
    private static KernelAddress Unmapped(KernelAddress address) =>
        address.IsIPv6 && address.ToIPEndPoint() is { Address.IsIPv4MappedToIPv6: true } mapped
            ? KernelAddress.FromIPAddress(mapped.Address.MapToIPv4(), mapped.Port)
            : address;
}
