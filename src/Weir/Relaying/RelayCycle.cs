using System.Net;
using System.Net.NetworkInformation;
using Weir.Sockets;

namespace Weir;

/// <summary>Whether a relay is its own backend: each connection would be another one, until the descriptors are used up.</summary>
internal static class RelayCycle
{
    /// <exception cref="NotSupportedException">One of the destinations is an address that is listened on.</exception>
    public static async Task RequireNoneAsync(RelayOptions options, IReadOnlyList<Listener> listeners, CancellationToken cancellationToken)
    {
        foreach (SocketUrl url in options.To.Select(to => to.Url).OfType<SocketUrl>())
        {
            Listener[] alike = [.. listeners.Where(listener => MayMeet(listener, url))];
            if (alike.Length == 0)
                continue;
            foreach (KernelAddress backend in await ResolveAsync(url, options.ConnectTimeout, cancellationToken).ConfigureAwait(false))
            {
                if (alike.FirstOrDefault(listener => Takes(listener, backend)) is { } own)
                    throw new NotSupportedException($"{url} is this relay itself, which listens on {own}; every connection would come back to it");
            }
        }
    }

    // A name is looked up only when that can decide anything.
    private static bool MayMeet(Listener listener, SocketUrl url) =>
        url.Scheme.IsUnix() ? listener.LocalAddress.IsUnix : url.Scheme.IsIP() && listener.LocalAddress.Port == url.Port;

    private static async Task<IEnumerable<KernelAddress>> ResolveAsync(SocketUrl url, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(limit);
        try
        {
            return (await SocketUrlResolver.ResolveForConnectingAsync(url, late.Token).ConfigureAwait(false)).Select(resolved => resolved.Address);
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

    private static bool IsSamePath(KernelAddress local, KernelAddress backend) =>
        local.Path is { } one && backend.Path is { } other && Path.GetFullPath(one) == Path.GetFullPath(other);

    private static bool TakesIP(Listener listener, KernelAddress local, KernelAddress backend)
    {
        (IPAddress own, IPAddress other) = (Plain(local), Plain(backend));
        // Connecting to no address in particular is connecting to this machine.
        bool isHere = other.Equals(IPAddress.Any) || other.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(other);
        if (own.Equals(other))
            return true;
        if (own.Equals(IPAddress.Any))
            return !backend.IsIPv6 && (isHere || IsOfThisMachine(other));
        if (own.Equals(IPAddress.IPv6Any))
            return (backend.IsIPv6 || TakesIPv4(listener)) && (isHere || IsOfThisMachine(other));
        return (other.Equals(IPAddress.Any) || other.Equals(IPAddress.IPv6Any)) && IPAddress.IsLoopback(own) && own.AddressFamily == other.AddressFamily;
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
