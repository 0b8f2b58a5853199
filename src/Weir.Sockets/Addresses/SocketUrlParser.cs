using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Weir.Sockets;

/// <summary>Reads a text from left to right; each step leaves the position behind what it read, or an error.</summary>
internal sealed partial class SocketUrlParser(string text)
{
    private const string SchemeEnd = "://";

    private SocketUrlException? _error;
    private SocketUrlParts _parts = null!;
    private int _position;

    private bool IsAtEnd => _position == text.Length;

    internal bool TryParse([NotNullWhen(true)] out SocketUrl? url, [NotNullWhen(false)] out SocketUrlException? error)
    {
        bool parsed = ReadScheme() && ReadAddress() && ReadQuery();
        url = parsed ? new SocketUrl(_parts, text) : null;
        error = _error;
        return parsed;
    }

    private bool Fail(int position, string reason, string expected)
    {
        _error = new SocketUrlException(text, position, reason, expected);
        return false;
    }

    private static string Quote(ReadOnlySpan<char> piece) => SocketUrlException.Quote(piece);

    private static string Quote(char character) => SocketUrlException.Quote(character);

    private ReadOnlySpan<char> Slice(int start, int end) => text.AsSpan(start, end - start);

    private int IndexOfAnyOrEnd(ReadOnlySpan<char> characters, int start)
    {
        int index = text.AsSpan(start).IndexOfAny(characters);
        return index < 0 ? text.Length : start + index;
    }

    private bool ReadScheme()
    {
        if (text.Length == 0) return Fail(0, "there is no text", "expected an address such as tcp://127.0.0.1:80");
        int end = IndexOfAnyOrEnd(":/?#@[ ", 0);
        bool isFollowed = text.AsSpan(end).StartsWith(SchemeEnd);
        if (!SocketSchemeExtensions.TryParse(Slice(0, end), out SocketScheme scheme))
            return isFollowed ? FailUnknownScheme(Slice(0, end)) : Fail(0, "there is no scheme", GuessScheme(end));
        if (!isFollowed) return Fail(end, $"no {SchemeEnd} after {scheme.Name()}", $"expected an address such as {Example(scheme)}");
        _parts = new SocketUrlParts { Scheme = scheme };
        _position = end + SchemeEnd.Length;
        return true;
    }

    private bool ReadAddress()
    {
        if (_parts.Scheme.IsIP()) return ReadHost() && ReadPort();
        return _parts.Scheme.IsUnix() ? ReadUnixName() : ReadDescriptor();
    }

    private bool ReadDescriptor()
    {
        int end = IndexOfAnyOrEnd("?#", _position);
        ReadOnlySpan<char> digits = Slice(_position, end);
        int wrong = digits.IndexOfAnyExceptInRange('0', '9');
        if (digits.IsEmpty || wrong >= 0)
            return Fail(_position + Math.Max(wrong, 0), $"{Quote(digits)} is not a number", "expected a descriptor, such as fd://3");
        if (!int.TryParse(digits, NumberStyles.None, null, out int descriptor))
            return Fail(_position, $"descriptor {Shorten(digits)} is out of range", $"expected 0 to {int.MaxValue}");
        _parts.Descriptor = descriptor;
        _position = end;
        return true;
    }

    private bool FailUnknownScheme(ReadOnlySpan<char> name)
    {
        string? nearest = Spelling.Nearest(name, SocketSchemeExtensions.Names);
        string expected = nearest is null ? $"expected one of {SocketSchemes.All.Describe()}" : $"did you mean {nearest}?";
        return Fail(0, name.IsEmpty ? "the scheme is empty" : $"unknown scheme {Quote(name)}", expected);
    }

    private string GuessScheme(int end) => text[0] switch
    {
        '/' or '@' or '.' => "expected unix:// before a path or an abstract name",
        _ when end < text.Length && text[end] == ':' => "expected a scheme, such as tcp://localhost:80",
        _ => $"expected one of {SocketSchemes.All.Describe()}, and ://",
    };

    private static string Example(SocketScheme scheme)
    {
        if (scheme.IsIP()) return $"{scheme.Name()}://localhost:80";
        return scheme.IsUnix() ? $"{scheme.Name()}:///run/name.sock" : $"{scheme.Name()}://3";
    }

    private static string Shorten(ReadOnlySpan<char> digits) => digits.Length <= 20 ? digits.ToString() : $"{digits[..20]}…";
}
