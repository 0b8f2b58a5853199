using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Opens the listening sockets of a URL, several on one port where the kernel can share the load among them.</summary>
internal static class ListenerSockets
{
    private const int DefaultBacklog = SOMAXCONN;

    /// <summary>
    /// One listening or, of datagrams, bound socket per address of the URL, or as many as <paramref name="perAddress"/> says for TCP and UDP.
    /// </summary>
    public static async Task<List<KernelSocket>> OpenAsync(SocketUrl url, int perAddress, CancellationToken cancellationToken)
    {
        RefuseLinger(url);
        if (url.Scheme == SocketScheme.Fd)
            return [Inherited(url)];
        List<KernelSocket> sockets = [];
        try
        {
            foreach (ResolvedAddress address in await SocketUrlResolver.ResolveForListeningAsync(url, cancellationToken).ConfigureAwait(false))
                OpenAddress(url, WithPortOf(sockets, address), perAddress, sockets);
            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static void OpenAddress(SocketUrl url, ResolvedAddress address, int count, List<KernelSocket> sockets)
    {
        if (url.Scheme.IsUnix())
        {
            KernelSocket socket = Prepare(url, address);
            sockets.Add(socket);
            UnixPath.Bind(socket, url, address.Address, listen: url.Scheme.IsConnection() ? Backlog(url) : null);
            return;
        }

        // What is sent to a group, or to everybody, reaches each socket that it fits (udp(7)): several would take it several times.
        if (url.Scheme.IsUdp() && (IsMulticast(url) || (MayBeBroadcastTo(address.Address) && !AsksForSeveral(url))))
            count = 1;

        // The first is bound without SO_REUSEPORT, so that a port which somebody else has is refused, and gets the option
        // before it listens, so that the others may join it.
        KernelSocket first = Prepare(url, address);
        sockets.Add(first);
        first.Bind(address.Address);
        if (count > 1)
            first.Set(SocketOptions.ReusePort, value: true);
        ListenOrJoin(url, first);
        KernelAddress bound = first.LocalAddress;
        for (int i = 1; i < count; i++)
        {
            KernelSocket next = Prepare(url, address);
            sockets.Add(next);
            next.Set(SocketOptions.ReusePort, value: true);
            next.Bind(bound);
            ListenOrJoin(url, next);
        }
    }

    private static void ListenOrJoin(SocketUrl url, KernelSocket socket)
    {
        if (url.Scheme.IsConnection())
            socket.Listen(Backlog(url));
        else
            DatagramSockets.JoinGroups(url, socket);
    }

    private static bool IsMulticast(SocketUrl url) =>
        url.TryGetOption(SocketOptions.Join, out MulticastGroup _) || (url.Address is { } address && MulticastGroup.IsMulticast(address));

    private static bool MayBeBroadcastTo(in KernelAddress address) =>
        !address.AddressBytes.ContainsAnyExcept((byte)0) || !address.AddressBytes.ContainsAnyExcept((byte)0xFF);

    private static bool AsksForSeveral(SocketUrl url) => url.TryGetOption(SocketOptions.ReusePort, out bool reuses) && reuses;

    // A name with several addresses and port 0: all get the port that the kernel chose for the first.
    private static ResolvedAddress WithPortOf(List<KernelSocket> opened, ResolvedAddress address) =>
        opened.Count > 0 && address.Address.IsIP && address.Address.Port == 0
            ? address with { Address = address.Address.WithPort(opened[0].LocalAddress.Port) }
            : address;

    private static KernelSocket Prepare(SocketUrl url, ResolvedAddress address)
    {
        var socket = KernelSocket.Create(address.Address.Family, url.Scheme.SocketType());
        try
        {
            if (address.IPv6Only is { } only)
                socket.Set(SocketOptions.IPv6Only, only);
            // Without it a server that closed connections itself cannot be started again for a minute (TIME_WAIT; socket(7)).
            // On Linux it never lets two sockets listen on one address.
            if (url.Scheme.IsTcp() && !url.TryGetOption(SocketOptions.ReuseAddress, out bool _))
                socket.Set(SocketOptions.ReuseAddress, value: true);
            // An accepted socket has it from its listener, so that no message comes between the accept and the option (see MessageChannel).
            if (url.Scheme == SocketScheme.UnixPacket)
                socket.Set(SocketOptions.PassCredentials, value: true);
            Apply(url, socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets what the query asks for.</summary>
    internal static void Apply(SocketUrl url, KernelSocket socket)
    {
        foreach (SocketOptionSetting setting in url.Options)
        {
            if (!setting.Option.IsListenerParameter && setting.Option != SocketOptions.IPv6Only)
                socket.Set(setting);
        }
    }

    /// <summary>SO_LINGER with a time makes close(2) wait, also on a non-blocking socket, and would hold the loop (socket(7)).</summary>
    /// <exception cref="NotSupportedException">The URL asks for it.</exception>
    internal static void RefuseLinger(SocketUrl url)
    {
        if (url.TryGetOption(SocketOptions.Linger, out LingerTime linger) && linger is { IsOn: true, Seconds: > 0 })
            throw new NotSupportedException($"{url}: linger={linger.Seconds} would hold a loop in close(2); the engine itself waits for what is unsent");
    }

    private static KernelSocket Inherited(SocketUrl url)
    {
        var socket = KernelSocket.Adopt(url.Descriptor);
        if (socket.Scheme.IsDatagram() && socket.PeerAddress is null)
        {
            Apply(url, socket);
            DatagramSockets.JoinGroupsOfInherited(url, socket);
            return socket;
        }

        if (socket.Get(SocketOptions.AcceptsConnections) && socket.Scheme is SocketScheme.Tcp or SocketScheme.Unix or SocketScheme.UnixPacket)
        {
            Apply(url, socket);
            // listen(2) on a socket that listens already sets its backlog anew.
            if (url.TryGetOption(SocketOptions.Backlog, out int backlog))
                socket.Listen(backlog);
            return socket;
        }

        string kind = socket.ToString();
        socket.Dispose();
        throw new SocketCallException("listen", Errno.EINVAL, $"{url}, which is {kind} and neither listens nor receives datagrams");
    }

    private static int Backlog(SocketUrl url) => url.TryGetOption(SocketOptions.Backlog, out int backlog) ? backlog : DefaultBacklog;
}
