using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Opens the sockets of datagram channels.</summary>
internal static class DatagramSockets
{
    /// <summary>A socket that is connected to the first address of the URL that can be.</summary>
    public static async Task<KernelSocket> ConnectAsync(SocketUrl url, DatagramOptions options, CancellationToken cancellationToken)
    {
        SocketCallException? lastFailure = null;
        foreach (ResolvedAddress address in await SocketUrlResolver.ResolveForConnectingAsync(url, cancellationToken).ConfigureAwait(false))
        {
            KernelSocket socket = Prepare(url, address.Address.Family, options);
            try
            {
                // Without a name of its own a unix socket cannot be answered; the kernel gives it one (unix(7), autobind).
                if (url.Scheme == SocketScheme.UnixGram)
                    socket.Bind(KernelAddress.FromBytes([AF_UNIX, 0]));
                socket.Connect(address.Address, TimeSpan.Zero);
                return socket;
            }
            catch (SocketCallException failure)
            {
                socket.Dispose();
                lastFailure = failure;
            }
        }

        throw lastFailure!;
    }

    /// <summary>Sets what the query and the options ask for, before bind and connect.</summary>
    public static KernelSocket Prepare(SocketUrl url, int family, DatagramOptions options)
    {
        var socket = KernelSocket.Create(family, SOCK_DGRAM);
        try
        {
            ListenerSockets.Apply(url, socket);
            Prepare(socket, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets what the options of a channel ask for.</summary>
    public static void Prepare(KernelSocket socket, DatagramOptions options)
    {
        if (!socket.Scheme.IsUdp())
            return;
        bool isIPv6 = socket.LocalAddress.IsIPv6;
        // Kernels before 5.0 have no UDP_GRO: then datagrams come one by one. A socket that the query, or whoever handed it over, told to join
        // is told otherwise: what is joined would be cut, or taken for one.
        if (options.ReceivesJoined || IsJoining(socket))
            socket.TrySet(SocketOptions.UdpReceiveOffload, options.ReceivesJoined);
        if (options.TellsDestination)
            socket.Set(isIPv6 ? SocketOptions.PacketInfo6 : SocketOptions.PacketInfo, value: true);
        if (!options.TellsErrors)
            return;
        socket.Set(isIPv6 ? SocketOptions.ReceiveErrors6 : SocketOptions.ReceiveErrors, value: true);
        // IPv4 that an IPv6 socket carries has a switch of its own.
        if (isIPv6)
            socket.TrySet(SocketOptions.ReceiveErrors, value: true);
    }

    private static bool IsJoining(KernelSocket socket) =>
        Sys.GetSockOpt(socket.Fd.Number, IPPROTO_UDP, UDP_GRO, out int joins).IsOk && joins != 0;

    /// <summary>
    /// Joins the group that the query names, and the URL's own address when that is a group. One that is both is joined where the
    /// query says, and else where the address says; twice only on two interfaces.
    /// </summary>
    public static void JoinGroups(SocketUrl url, KernelSocket socket)
    {
        bool isNamed = url.TryGetOption(SocketOptions.Join, out MulticastGroup group);
        if (url.Address is not { } address || !MulticastGroup.IsMulticast(address))
        {
            if (isNamed)
                socket.JoinGroup(group.Address, group.InterfaceIndex);
            return;
        }

        KernelAddress own = socket.LocalAddress;
        uint ownIndex = own.ScopeId;
        bool isSame = isNamed && own.AddressBytes.SequenceEqual(group.Address.AddressBytes);
        uint index = isSame && group.InterfaceIndex == 0 ? ownIndex : group.InterfaceIndex;
        if (isNamed)
            socket.JoinGroup(group.Address, index);
        if (!isSame || (ownIndex != 0 && ownIndex != index))
            socket.JoinGroup(own, ownIndex);
    }

    /// <summary>
    /// The same for a socket that was bound elsewhere. A group stays joined as long as anybody has the socket: a server that starts again
    /// finds it so.
    /// </summary>
    public static void JoinGroupsOfInherited(SocketUrl url, KernelSocket socket)
    {
        try
        {
            JoinGroups(url, socket);
        }
        catch (SocketCallException joined) when (joined.Errno is Errno.EADDRINUSE)
        {
            // As it should be.
        }
    }

    /// <summary>Who is connected to one peer hears nothing that is sent to a group.</summary>
    /// <exception cref="NotSupportedException">The URL asks for it.</exception>
    public static void RefuseJoin(SocketUrl url)
    {
        if (url.TryGetOption(SocketOptions.Join, out MulticastGroup group))
            throw new NotSupportedException($"{url}: join={group} is for listening");
    }
}
