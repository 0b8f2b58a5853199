using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Weir.Sockets;

/// <summary>
/// The address of a socket as text: <c>tcp://127.0.0.1:http</c>, <c>udp6://:3110</c>, <c>unix:///run/x.sock?mode=0660</c>,
/// <c>unix://@name</c>, <c>fd://3</c>.
/// </summary>
/// <remarks>
/// Two are equal when they say the same: <c>tcp://127.0.0.1:http</c> and <c>tcp://127.0.0.1:80</c> are, a name and its address are not.
/// </remarks>
public sealed partial class SocketUrl : IEquatable<SocketUrl>, ISpanParsable<SocketUrl>
{
    private readonly SocketUrlParts _parts;
    private readonly string _text;

    internal SocketUrl(SocketUrlParts parts, string text)
    {
        _parts = parts;
        _text = text;
    }

    public SocketScheme Scheme => _parts.Scheme;

    /// <summary>The host as it was written, without brackets; empty for every address, and for schemes without a host.</summary>
    public string Host => _parts.Host;

    /// <summary>The host when it is an address and not a name; a numeric scope id is in it.</summary>
    public IPAddress? Address => _parts.Address;

    /// <summary>The interface after the percent sign of <c>[fe80::1%eth0]</c>; null when there is none or it is a number.</summary>
    public string? ScopeName => _parts.ScopeName;

    /// <summary>0 to 65535, also where the text has a service's name; 0 for schemes without a port.</summary>
    public int Port => _parts.Port;

    /// <summary>The path of a unix socket; null for abstract names and other schemes. Bytes that are not UTF-8 are replaced.</summary>
    public string? Path => Scheme.IsUnix() && !IsAbstract ? Encoding.UTF8.GetString(_parts.UnixName) : null;

    /// <summary>Whether this is a unix socket with an abstract name.</summary>
    public bool IsAbstract => _parts.IsAbstract;

    /// <summary>The bytes of the path, or of the abstract name without the NUL before it; empty for other schemes.</summary>
    public ReadOnlySpan<byte> UnixNameBytes => _parts.UnixName;

    /// <summary>The number of an inherited descriptor; -1 for other schemes.</summary>
    public int Descriptor => _parts.Descriptor;

    /// <summary>The query's options in the order in which they were written.</summary>
    public IReadOnlyList<SocketOptionSetting> Options => _parts.Settings;

    internal SocketUrlParts Parts => _parts;

    /// <summary>The value that the query gives to an option.</summary>
    /// <returns>False when the query does not have the option.</returns>
    public bool TryGetOption<T>(SocketOption<T> option, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(option);
        SocketOptionSetting? setting = _parts.Settings.Find(setting => ReferenceEquals(setting.Option, option));
        value = setting is null ? default : option.Decode(setting.Value);
        return setting is not null;
    }

    /// <summary>The text that was parsed, unchanged; for a URL that was built, its canonical text.</summary>
    public override string ToString() => _text;

    public bool Equals(SocketUrl? other) => other is not null && _parts.MeansSameAs(other._parts);

    public override bool Equals(object? obj) => Equals(obj as SocketUrl);

    public override int GetHashCode() => _parts.MeaningHash();

    public static bool operator ==(SocketUrl? left, SocketUrl? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(SocketUrl? left, SocketUrl? right) => !(left == right);
}
