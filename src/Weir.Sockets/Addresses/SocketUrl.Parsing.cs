using System.Diagnostics.CodeAnalysis;

namespace Weir.Sockets;

public sealed partial class SocketUrl
{
    /// <exception cref="SocketUrlException">The text is not an address; the exception says where and why.</exception>
    public static SocketUrl Parse(string text) => TryParse(text, out SocketUrl? url, out SocketUrlException? error) ? url : throw error;

    /// <summary>Parses an address and says what is wrong with one that does not parse. Reads nothing but /etc/services.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SocketUrl? url, [NotNullWhen(false)] out SocketUrlException? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SocketUrlParser(text).TryParse(out url, out error);
    }

    static SocketUrl IParsable<SocketUrl>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static SocketUrl ISpanParsable<SocketUrl>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    static bool IParsable<SocketUrl>.TryParse(string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out SocketUrl result)
    {
        result = null;
        return s is not null && TryParse(s, out result, out _);
    }

    static bool ISpanParsable<SocketUrl>.TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out SocketUrl result) =>
        TryParse(s.ToString(), out result, out _);
}
