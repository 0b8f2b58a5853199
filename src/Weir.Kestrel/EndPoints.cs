using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>Between ASP.NET Core's endpoints and the engine's addresses.</summary>
internal static class EndPoints
{
    // How .NET shows a client that is bound to nothing, for which there is no constructor.
    private static readonly EndPoint s_unnamed =
        new UnixDomainSocketEndPoint("-").Create(new SocketAddress(AddressFamily.Unix, size: sizeof(ushort)));

    /// <exception cref="NotSupportedException">It is an endpoint of another transport.</exception>
    public static SocketUrl ToListeningUrl(EndPoint endPoint) => endPoint switch
    {
        UrlEndPoint url => url.Url,
        // As everywhere in ASP.NET Core, [::] is both families.
        IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) => SocketUrl.Tcp("", ip.Port),
        IPEndPoint or UnixDomainSocketEndPoint => SocketUrl.FromEndPoint(SchemeOf(endPoint), endPoint),
        FileHandleEndPoint handle => SocketUrl.Fd(Duplicate((int)handle.FileHandle)),
        _ => throw new NotSupportedException($"{endPoint} is no endpoint of this transport."),
    };

    /// <exception cref="NotSupportedException">It is an endpoint of another transport.</exception>
    public static SocketUrl ToConnectingUrl(EndPoint endPoint) => endPoint switch
    {
        UrlEndPoint url => url.Url,
        DnsEndPoint or IPEndPoint or UnixDomainSocketEndPoint => SocketUrl.FromEndPoint(SchemeOf(endPoint), endPoint),
        _ => throw new NotSupportedException($"{endPoint} is no endpoint of this transport."),
    };

    /// <summary>The endpoint as it came out: with the port that the kernel chose, or what an inherited descriptor is bound to.</summary>
    public static EndPoint Bound(EndPoint asked, Listener listener) => asked switch
    {
        UnixDomainSocketEndPoint or FileHandleEndPoint => asked,
        UrlEndPoint { Url.Scheme: SocketScheme.Unix } => asked,
        IPEndPoint ip => new IPEndPoint(ip.Address, listener.LocalAddress.Port),
        _ => FromKernel(listener.LocalAddress) ?? asked,
    };

    /// <summary>Whether the connections of a listener have different addresses of ours.</summary>
    public static bool IsWildcard(Listener listener) =>
        listener.LocalAddresses.Count > 1 || (listener.LocalAddress.IsIP && !listener.LocalAddress.AddressBytes.ContainsAnyExcept((byte)0));

    /// <summary>Null when there is no address, or no longer.</summary>
    public static EndPoint? FromKernel(KernelAddress? address) => address switch
    {
        { IsIP: true } ip => ip.ToIPEndPoint(),
        { HasPath: true } unix => new UnixDomainSocketEndPoint(unix.Path!),
        { IsAbstract: true } unix => new UnixDomainSocketEndPoint("\0" + System.Text.Encoding.UTF8.GetString(unix.UnixNameBytes)),
        { IsUnix: true } => s_unnamed,
        _ => null,
    };

    // Whoever gave the handle goes on owning it.
    private static int Duplicate(int fd)
    {
        const int AfterStandardStreams = 3;
        SysResult duplicated = Sys.Duplicate(fd, AfterStandardStreams);
        return duplicated.IsOk ? duplicated.Value : throw new SocketCallException("fcntl", duplicated.Errno, $"fd://{fd}");
    }

    private static SocketScheme SchemeOf(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => SocketScheme.Unix,
        { AddressFamily: AddressFamily.InterNetwork } => SocketScheme.Tcp4,
        { AddressFamily: AddressFamily.InterNetworkV6 } => SocketScheme.Tcp6,
        _ => SocketScheme.Tcp,
    };
}
