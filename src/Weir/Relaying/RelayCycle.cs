using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>Whether a relay is its own backend: each connection would be another one, until the descriptors are used up.</summary>
internal static class RelayCycle
{
    // All are looked up at once: it is the longest that a name server delays the start.
    private static readonly TimeSpan s_lookupLimit = TimeSpan.FromSeconds(2);

    /// <exception cref="NotSupportedException">One of the destinations is an address that is listened on.</exception>
    public static Task RequireNoneAsync(RelayOptions options, IReadOnlyList<Listener> listeners, CancellationToken cancellationToken) =>
        RequireNoneAsync(
            [.. options.To.Select(to => to.Url).OfType<SocketUrl>()],
            listeners,
            async (url, token) => [.. (await SocketUrlResolver.ResolveForConnectingAsync(url, token).ConfigureAwait(false)).Select(resolved => resolved.Address)],
            cancellationToken);

    /// <inheritdoc cref="RequireNoneAsync(RelayOptions, IReadOnlyList{Listener}, CancellationToken)"/>
    internal static async Task RequireNoneAsync(
        SocketUrl[] destinations,
        IReadOnlyList<Listener> listeners,
        Func<SocketUrl, CancellationToken, Task<KernelAddress[]>> resolve,
        CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(s_lookupLimit);
        await Task.WhenAll(destinations.Select(RequireNotOwnAsync)).ConfigureAwait(false);

        async Task RequireNotOwnAsync(SocketUrl url)
        {
            Listener[] alike = [.. listeners.Where(listener => MayMeet(listener, url))];
            if (alike.Length == 0)
                return;
            KernelAddress[] backends = await TryResolveAsync(resolve(url, late.Token), cancellationToken).ConfigureAwait(false);
            if (alike.FirstOrDefault(listener => backends.Any(backend => Takes(listener, backend))) is { } own)
                throw new NotSupportedException($"{url} is this relay itself, which listens on {own}; every connection would come back to it");
        }
    }

    // A name is looked up only when that can decide anything.
    private static bool MayMeet(Listener listener, SocketUrl url) =>
        url.Scheme.IsUnix() ? listener.LocalAddress.IsUnix : url.Scheme.IsIP() && listener.LocalAddress.Port == url.Port;

    private static async Task<KernelAddress[]> TryResolveAsync(Task<KernelAddress[]> resolving, CancellationToken cancellationToken)
    {
        try
        {
            return await resolving.ConfigureAwait(false);
        }
        catch (NameResolutionException)
        {
            // It is down until it has an address, and that is told when somebody is to be connected.
            return [];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private static bool Takes(Listener listener, KernelAddress backend) =>
        listener.LocalAddresses.Any(local => local == backend || (local.IsUnix ? IsSamePath(local, backend) : TakesIP(listener, local, backend)));

    // The listener's socket is there by now; a link on the way to it has another path, and the same file.
    private static bool IsSamePath(KernelAddress local, KernelAddress backend) =>
        local.Path is { } one && backend.Path is { } other
        && (Path.GetFullPath(one) == Path.GetFullPath(other) || (FileOf(one) is { } file && file == FileOf(other)));

    private static (uint Major, uint Minor, ulong Inode)? FileOf(string path)
    {
        SysResult opened = Sys.Open(Encoding.UTF8.GetBytes(path), Uapi.O_PATH | Uapi.O_CLOEXEC);
        if (!opened.IsOk)
            return null;
        using var file = new SafeFd(opened.Value);
        return Sys.Stat(file.Number, out statx status).IsOk ? (status.stx_dev_major, status.stx_dev_minor, status.stx_ino) : null;
    }

    private static bool TakesIP(Listener listener, KernelAddress local, KernelAddress backend)
    {
        (IPAddress own, IPAddress other) = (Plain(local), Plain(backend));
        // Connecting to no address in particular is connecting to this machine's loopback address.
        if (other.Equals(IPAddress.Any))
            other = IPAddress.Loopback;
        else if (other.Equals(IPAddress.IPv6Any))
            other = IPAddress.IPv6Loopback;
        if (own.Equals(other))
            return true;
        bool isIPv4 = other.AddressFamily == AddressFamily.InterNetwork;
        bool isEvery = (own.Equals(IPAddress.Any) && isIPv4) || (own.Equals(IPAddress.IPv6Any) && (!isIPv4 || TakesIPv4(listener)));
        return isEvery && (IPAddress.IsLoopback(other) || IsOfThisMachine(other));
    }

    private static bool TakesIPv4(Listener listener) =>
        listener.Scheme.AllowsIPv4() && !(listener.Url.TryGetOption(SocketOptions.IPv6Only, out bool only) && only);

    private static bool IsOfThisMachine(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(device => device.GetIPProperties().UnicastAddresses)
        .Any(own => own.Address.Equals(address));

    private static IPAddress Plain(KernelAddress address)
    {
        IPAddress plain = address.ToIPEndPoint().Address;
        return plain.IsIPv4MappedToIPv6 ? plain.MapToIPv4() : plain;
    }
}
