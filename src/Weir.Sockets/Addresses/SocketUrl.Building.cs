using System.Net;
using System.Net.Sockets;

namespace Weir.Sockets;

public sealed partial class SocketUrl
{
    /// <param name="host">A name, an IPv4 address, an IPv6 address without brackets, or empty for every address.</param>
    /// <param name="port">0 to 65535; 0 lets the kernel choose.</param>
    /// <exception cref="SocketUrlException">No address has this host or port.</exception>
    public static SocketUrl Tcp(string host, int port) => OfHost(SocketScheme.Tcp, host, port);

    /// <inheritdoc cref="Tcp"/>
    public static SocketUrl Tcp4(string host, int port) => OfHost(SocketScheme.Tcp4, host, port);

    /// <inheritdoc cref="Tcp"/>
    public static SocketUrl Tcp6(string host, int port) => OfHost(SocketScheme.Tcp6, host, port);

    /// <inheritdoc cref="Tcp"/>
    public static SocketUrl Udp(string host, int port) => OfHost(SocketScheme.Udp, host, port);

    /// <inheritdoc cref="Tcp"/>
    public static SocketUrl Udp4(string host, int port) => OfHost(SocketScheme.Udp4, host, port);

    /// <inheritdoc cref="Tcp"/>
    public static SocketUrl Udp6(string host, int port) => OfHost(SocketScheme.Udp6, host, port);

    /// <param name="path">An absolute path of at most 107 bytes, or <c>@</c> and an abstract name. Nothing in it is an escape.</param>
    /// <exception cref="SocketUrlException">The path is relative, empty or too long.</exception>
    public static SocketUrl Unix(string path) => OfPath(SocketScheme.Unix, path);

    /// <inheritdoc cref="Unix"/>
    public static SocketUrl UnixGram(string path) => OfPath(SocketScheme.UnixGram, path);

    /// <inheritdoc cref="Unix"/>
    public static SocketUrl UnixPacket(string path) => OfPath(SocketScheme.UnixPacket, path);

    /// <param name="descriptor">The number of a descriptor that this process inherited, 0 or more.</param>
    public static SocketUrl Fd(int descriptor) => Canonical(new SocketUrlParts { Scheme = SocketScheme.Fd, Descriptor = descriptor });

    /// <summary>
    /// The URL of a .NET end point: an <see cref="IPEndPoint"/>, <see cref="DnsEndPoint"/> or <see cref="UnixDomainSocketEndPoint"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The end point is of another kind or does not fit the scheme.</exception>
    public static SocketUrl FromEndPoint(SocketScheme scheme, EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return endPoint switch
        {
            IPEndPoint ip => KernelAddress.FromIPEndPoint(ip).ToUrl(scheme),
            DnsEndPoint dns when scheme.IsIP() => OfHost(scheme, dns.Host, dns.Port),
            UnixDomainSocketEndPoint unix => FromSocketAddress(unix.Serialize()).ToUrl(scheme),
            _ => throw new ArgumentException($"A {endPoint.GetType().Name} is no address of {scheme.Name()}.", nameof(endPoint)),
        };
    }

    /// <summary>The same address with an option in its query; a value that is there already gives way.</summary>
    /// <exception cref="SocketUrlException">The option is read only or does not apply to the scheme.</exception>
    public SocketUrl With<T>(SocketOption<T> option, T value)
        where T : notnull
    {
        var setting = SocketOptionSetting.Create(option, value);
        List<SocketOptionSetting> settings = [.. _parts.Settings];
        int index = settings.FindIndex(other => ReferenceEquals(other.Option, option));
        if (index < 0) settings.Add(setting);
        else settings[index] = setting;
        return Canonical(_parts with { Settings = settings });
    }

    internal static SocketUrl OfUnixName(SocketScheme scheme, ReadOnlySpan<byte> name, bool isAbstract) =>
        Canonical(new SocketUrlParts { Scheme = scheme, UnixName = name.ToArray(), IsAbstract = isAbstract });

    private static SocketUrl OfHost(SocketScheme scheme, string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        SocketUrl url = Canonical(new SocketUrlParts { Scheme = scheme, Host = host, Port = port });
        // What has a meaning in a URL must not slip in through a host.
        return url.Host == host && url.Port == port ? url : throw new ArgumentException($"'{host}' is no host.", nameof(host));
    }

    private static SocketUrl OfPath(SocketScheme scheme, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool isAbstract = path.StartsWith('@');
        byte[] name = KernelAddress.StrictUtf8.GetBytes(isAbstract ? path[1..] : path);
        return OfUnixName(scheme, name, isAbstract);
    }

    // Parsing what was printed makes every rule of the grammar hold for what was built.
    private static SocketUrl Canonical(SocketUrlParts parts) => Parse(SocketUrlWriter.Write(parts));

    private static KernelAddress FromSocketAddress(SocketAddress address) =>
        KernelAddress.FromBytes(address.Buffer.Span[..address.Size]);
}
