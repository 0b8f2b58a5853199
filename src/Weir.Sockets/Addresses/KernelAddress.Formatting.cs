using System.Buffers;
using System.Net;
using System.Text;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public readonly partial struct KernelAddress
{
    private const int MaxIPv4Chars = 21;

    /// <summary>
    /// <c>127.0.0.1:80</c>, <c>[fe80::1%2]:80</c>, <c>/tmp/x.sock</c>, <c>@name</c> or <c>(unnamed)</c>; what a terminal could not show
    /// is written as <c>\x00</c>.
    /// </summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxIPv4Chars];
        return Family switch
        {
            AF_INET => text[..FormatIPv4(text)].ToString(),
            AF_INET6 => $"[{new IPAddress(AddressBytes, ScopeId)}]:{Port}",
            AF_UNIX when IsUnnamed => "(unnamed)",
            AF_UNIX => FormatUnixName(),
            AF_UNSPEC => "(none)",
            int family => $"(family {family}, {_length} bytes)",
        };
    }

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten) =>
        TryFormat(destination, out charsWritten, format: default, provider: null);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        if (Family == AF_INET && destination.Length >= MaxIPv4Chars)
        {
            charsWritten = FormatIPv4(destination);
            return true;
        }

        string text = ToString();
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    /// <summary>The address after a scheme, for messages: <c>tcp://127.0.0.1:80</c>, <c>unix://(unnamed)</c>. Never fails.</summary>
    public string Describe(SocketScheme scheme) => $"{scheme.Name()}://{this}";

    /// <summary>The address as a URL of this scheme.</summary>
    /// <exception cref="ArgumentException">The scheme is of another family.</exception>
    /// <exception cref="InvalidOperationException">No URL says this: a socket without a name or with a relative path.</exception>
    public SocketUrl ToUrl(SocketScheme scheme)
    {
        bool fits = Family switch
        {
            AF_INET => scheme.AllowsIPv4(),
            AF_INET6 => scheme.AllowsIPv6(),
            AF_UNIX => scheme.IsUnix(),
            _ => false,
        };
        if (!fits) throw new ArgumentException($"{this} is no address of {scheme.Name()}.", nameof(scheme));
        if (IsIP) return SocketUrl.Parse(Describe(scheme));
        if (UnixNameBytes.IsEmpty || (HasPath && UnixNameBytes[0] != '/') || UnixNameBytes.Length > MaxUnixNameBytes)
            throw new InvalidOperationException($"No URL says {this}: it takes an absolute path or an abstract name.");
        return SocketUrl.OfUnixName(scheme, UnixNameBytes, IsAbstract);
    }

    private int FormatIPv4(Span<char> text)
    {
        int length = 0;
        foreach (byte part in AddressBytes)
        {
            part.TryFormat(text[length..], out int written);
            length += written;
            text[length++] = '.';
        }

        text[length - 1] = ':';
        Port.TryFormat(text[length..], out int portChars);
        return length + portChars;
    }

    private string FormatUnixName()
    {
        ReadOnlySpan<byte> name = UnixNameBytes;
        var text = new StringBuilder(name.Length + 1);
        if (IsAbstract) text.Append('@');
        while (!name.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(name, out Rune rune, out int consumed) == OperationStatus.Done;
            // A relative path that begins with @ would look like an abstract name.
            bool isMistakable = text.Length == 0 && rune.Value == '@';
            if (valid && !isMistakable && IsShown(rune)) text.Append(rune.ToString());
            else foreach (byte value in name[..consumed]) text.Append("\\x").Append(value.ToString("x2"));
            name = name[consumed..];
        }

        return text.ToString();
    }

    private static bool IsShown(Rune rune) => rune.Value == ' ' || (rune.Value != '\\' && PercentEncoding.IsVisible(rune));
}
