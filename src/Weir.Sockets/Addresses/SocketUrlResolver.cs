using System.Net;
using System.Net.Sockets;

namespace Weir.Sockets;

/// <summary>Turns a URL into the addresses that it stands for, in the order in which they are to be tried.</summary>
public static class SocketUrlResolver
{
    /// <summary>
    /// The addresses to bind to. An empty host is <c>[::]</c>, which takes IPv4 as well for tcp and udp, or <c>0.0.0.0</c> where the
    /// machine has no IPv6; a name gives all its addresses.
    /// </summary>
    /// <exception cref="NameResolutionException">The name has no address that the scheme takes.</exception>
    /// <exception cref="InvalidOperationException">The URL is an inherited descriptor, which is bound already.</exception>
    public static ValueTask<IReadOnlyList<ResolvedAddress>> ResolveForListeningAsync(
        SocketUrl url, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return ResolveAsync(url, EveryAddress(url.Scheme, Socket.OSSupportsIPv6), cancellationToken);
    }

    /// <summary>The addresses to connect or send to. An empty host is this machine; a name gives all its addresses.</summary>
    /// <exception cref="NameResolutionException">The name has no address that the scheme takes.</exception>
    /// <exception cref="InvalidOperationException">The URL is an inherited descriptor, which is connected already.</exception>
    public static ValueTask<IReadOnlyList<ResolvedAddress>> ResolveForConnectingAsync(
        SocketUrl url, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return ResolveAsync(url, Loopback(url.Scheme, Socket.OSSupportsIPv6), cancellationToken);
    }

    internal static IPAddress[] EveryAddress(SocketScheme scheme, bool hasIPv6) =>
        IsIPv6Used(scheme, hasIPv6) ? [IPAddress.IPv6Any] : [IPAddress.Any];

    internal static IPAddress[] Loopback(SocketScheme scheme, bool hasIPv6)
    {
        if (!IsIPv6Used(scheme, hasIPv6)) return [IPAddress.Loopback];
        return scheme.AllowsIPv4() ? [IPAddress.IPv6Loopback, IPAddress.Loopback] : [IPAddress.IPv6Loopback];
    }

    // tcp6 on a machine without IPv6 stays IPv6: the kernel's EAFNOSUPPORT says it best.
    private static bool IsIPv6Used(SocketScheme scheme, bool hasIPv6) => scheme.AllowsIPv6() && (hasIPv6 || !scheme.AllowsIPv4());

    private static async ValueTask<IReadOnlyList<ResolvedAddress>> ResolveAsync(
        SocketUrl url, IPAddress[] emptyHost, CancellationToken cancellationToken)
    {
        if (url.Scheme == SocketScheme.Fd) throw new InvalidOperationException($"{url} is a descriptor and has its address already.");
        if (url.Scheme.IsUnix()) return [new ResolvedAddress(UnixAddress(url), IPv6Only: null)];
        IPAddress[] addresses = url switch
        {
            { Address: not null } => [WithScope(url, url.Address)],
            { Host: "" } => emptyHost,
            _ => await LookUpAsync(url, cancellationToken).ConfigureAwait(false),
        };
        return [.. addresses.Distinct().Select(address => Resolved(url, address))];
    }

    private static KernelAddress UnixAddress(SocketUrl url) =>
        url.IsAbstract ? KernelAddress.FromAbstractName(url.UnixNameBytes) : KernelAddress.FromUnixPath(url.UnixNameBytes);

    private static ResolvedAddress Resolved(SocketUrl url, IPAddress address)
    {
        var kernelAddress = KernelAddress.FromIPAddress(address, url.Port);
        if (!kernelAddress.IsIPv6) return new ResolvedAddress(kernelAddress, IPv6Only: null);
        bool isAsked = url.TryGetOption(SocketOptions.IPv6Only, out bool asked);
        return new ResolvedAddress(kernelAddress, isAsked ? asked : !url.Scheme.AllowsIPv4());
    }

    // IPAddress asks if_nametoindex(3), which answers for the network namespace of this thread; it gives 0 for an unknown name.
    private static IPAddress WithScope(SocketUrl url, IPAddress address)
    {
        if (url.ScopeName is null) return address;
        bool isKnown = IPAddress.TryParse($"{address}%{url.ScopeName}", out IPAddress? scoped) && scoped.ScopeId != 0;
        return isKnown ? scoped! : throw new NameResolutionException(
            url, SocketError.AddressNotAvailable, $"there is no interface '{url.ScopeName}'", "`ip link` lists them");
    }

    private static async Task<IPAddress[]> LookUpAsync(SocketUrl url, CancellationToken cancellationToken)
    {
        AddressFamily family = !url.Scheme.AllowsIPv6() ? AddressFamily.InterNetwork
            : !url.Scheme.AllowsIPv4() ? AddressFamily.InterNetworkV6
            : AddressFamily.Unspecified;
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(url.Host, family, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw NoAddress(url, SocketError.NoData);
        }
        catch (SocketException e) when (e is not NameResolutionException)
        {
            throw NoAddress(url, e.SocketErrorCode);
        }
    }

    private static NameResolutionException NoAddress(SocketUrl url, SocketError error) => error switch
    {
        SocketError.TryAgain => new(
            url, error, $"no name server answered for '{url.Host}'", "try again, and look at /etc/resolv.conf"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.AddressFamilyNotSupported => new(
            url, error, $"no {FamilyName(url.Scheme)}address is known for '{url.Host}'", "check the spelling, the scheme and /etc/hosts"),
        _ => new(url, error, $"looking up '{url.Host}' failed with {error}", "look at /etc/nsswitch.conf and /etc/resolv.conf"),
    };

    private static string FamilyName(SocketScheme scheme) =>
        !scheme.AllowsIPv6() ? "IPv4 " : !scheme.AllowsIPv4() ? "IPv6 " : "";
}
