using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Sockets;

internal sealed partial class SocketUrlParser
{
    private const string IPv6Needed = "expected one such as [::1] or [2001:db8::1]";
    private const string IPv4Needed = "expected four numbers from 0 to 255, such as 127.0.0.1";
    private const int MaxHostChars = 253;
    private const int MaxLabelChars = 63;
    private const int MaxInterfaceNameChars = 15;

    private static readonly SearchValues<char> s_hostChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    private static readonly SearchValues<char> s_ipv6Chars = SearchValues.Create("0123456789abcdefABCDEF:.");

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private bool ReadHost()
    {
        if (!IsAtEnd && text[_position] == '[') return ReadBrackets();
        int authorityEnd = IndexOfAnyOrEnd("/?#", _position);
        int end = IndexOfAnyOrEnd(":/?#", _position);
        if (Slice(_position, authorityEnd).Count(':') > 1) return FailManyColons(authorityEnd);
        ReadOnlySpan<char> host = Slice(_position, end);
        if (!(LooksLikeIPv4(host) ? ReadIPv4(host) : CheckName(host))) return false;
        _parts.Host = host.ToString();
        _position = end;
        return true;
    }

    private bool ReadBrackets()
    {
        int start = _position + 1;
        int end = IndexOfAnyOrEnd("]/?#", start);
        if (end == text.Length || text[end] != ']')
            return Fail(end, "the bracket is not closed", "expected ']' after the IPv6 address");
        int percent = text.IndexOf('%', start, end - start);
        int addressEnd = percent < 0 ? end : percent;
        ReadOnlySpan<char> literal = Slice(start, addressEnd);
        int wrong = literal.IndexOfAnyExcept(s_ipv6Chars);
        if (wrong >= 0 || !IPAddress.TryParse(literal, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return Fail(start + Math.Max(wrong, 0), $"{Quote(literal)} is not an IPv6 address", IPv6Needed);
        if (!_parts.Scheme.AllowsIPv6())
            return Fail(_position, $"{_parts.Scheme.Name()} takes no IPv6 address", $"expected IPv4, or {OtherSchemes('6')}");
        _parts.Address = address;
        if (percent >= 0 && !ReadScope(address, percent + 1, end)) return false;
        _parts.Host = text[start..end];
        _position = end + 1;
        return true;
    }

    private bool ReadScope(IPAddress address, int start, int end)
    {
        ReadOnlySpan<char> scope = Slice(start, end);
        if (scope.IsEmpty) return Fail(start, "the scope id is empty", "expected an interface, such as %eth0 or %2");
        if (scope.ContainsAnyExceptInRange('0', '9')) return ReadInterfaceName(scope, start);
        if (!uint.TryParse(scope, NumberStyles.None, null, out uint id) || id == 0)
            return Fail(start, $"scope id {Shorten(scope)} is out of range", $"expected 1 to {uint.MaxValue}, the index of an interface");
        _parts.Address = new IPAddress(address.GetAddressBytes(), id);
        return true;
    }

    private bool ReadInterfaceName(ReadOnlySpan<char> name, int start)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is <= ' ' or >= '\x7F' or ':' or '%' or '[')
                return Fail(start + i, $"{Quote(name[i])} cannot be in the name of an interface", "expected one such as eth0");
        }

        if (name.Length > MaxInterfaceNameChars)
            return Fail(start, $"interface {Quote(name)} has {name.Length} characters", $"expected at most {MaxInterfaceNameChars}");
        _parts.ScopeName = name.ToString();
        return true;
    }

    private bool FailManyColons(int end)
    {
        ReadOnlySpan<char> authority = Slice(_position, end);
        int lastColon = authority.LastIndexOf(':');
        ReadOnlySpan<char> port = authority[(lastColon + 1)..];
        if (IsIPv6(authority[..lastColon]))
            return Fail(_position, "an IPv6 address needs brackets", $"expected [{authority[..lastColon]}]:{port}");
        if (IsIPv6(authority)) return Fail(_position, "an IPv6 address needs brackets", $"expected [{authority}]:port");
        int second = _position + authority.IndexOf(':') + 1;
        second += text.AsSpan(second).IndexOf(':');
        return Fail(second, "there is more than one ':'", "expected host:port; an IPv6 address needs brackets, [::1]:80");
    }

    private static bool IsIPv6(ReadOnlySpan<char> host)
    {
        int percent = host.IndexOf('%');
        ReadOnlySpan<char> literal = percent < 0 ? host : host[..percent];
        return literal.Contains(':') && !literal.ContainsAnyExcept(s_ipv6Chars) && IPAddress.TryParse(literal, out _);
    }

    // The resolver would take a name whose last label is a number for an address in inet_aton(3)'s old forms, 127.1 or 0x7f.1.
    private static bool LooksLikeIPv4(ReadOnlySpan<char> host)
    {
        ReadOnlySpan<char> trimmed = host.EndsWith('.') ? host[..^1] : host;
        ReadOnlySpan<char> label = trimmed[(trimmed.LastIndexOf('.') + 1)..];
        bool isHex = label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && !label[2..].ContainsAnyExcept(s_hexDigits);
        return !label.IsEmpty && (isHex || IsDigits(label));
    }

    private bool ReadIPv4(ReadOnlySpan<char> host)
    {
        Span<byte> bytes = stackalloc byte[4];
        int part = 0;
        foreach (Range range in host.Split('.'))
        {
            ReadOnlySpan<char> digits = host[range];
            int start = range.Start.GetOffset(host.Length);
            bool isOctal = digits.Length > 1 && digits[0] == '0';
            if (part == bytes.Length || isOctal || !byte.TryParse(digits, NumberStyles.None, null, out bytes[part]))
                return Fail(_position + start, $"{Quote(host)} is not an IPv4 address", IPv4Needed);
            part++;
        }

        if (part < bytes.Length)
            return Fail(_position + host.Length, $"{Quote(host)} is not an IPv4 address", IPv4Needed);
        if (!_parts.Scheme.AllowsIPv4())
            return Fail(_position, $"{_parts.Scheme.Name()} takes no IPv4 address", $"expected IPv6 in brackets, or {OtherSchemes('4')}");
        _parts.Address = new IPAddress(bytes);
        return true;
    }

    private bool CheckName(ReadOnlySpan<char> host)
    {
        if (host is "*") return Fail(_position, "'*' is not a host", "expected an empty host for every address, such as tcp://:80");
        int wrong = host.IndexOfAnyExcept(s_hostChars);
        if (wrong >= 0) return FailHostCharacter(_position + wrong);
        if (host.Length > MaxHostChars) return FailTooManyChars(_position, host.Length, MaxHostChars);
        ReadOnlySpan<char> labels = host.EndsWith('.') ? host[..^1] : host;
        foreach (Range range in labels.Split('.'))
        {
            int length = labels[range].Length;
            int start = _position + range.Start.GetOffset(labels.Length);
            if (length == 0 && host.Length > 0)
                return Fail(start, "a part of the name is empty", "expected a name such as www.example.org");
            if (length > MaxLabelChars) return FailTooManyChars(start, length, MaxLabelChars);
        }

        return true;
    }

    private bool FailTooManyChars(int position, int length, int most) =>
        Fail(position, $"{length} characters are too many", $"expected at most {most}");

    private static bool IsDigits(ReadOnlySpan<char> piece) => !piece.IsEmpty && !piece.ContainsAnyExceptInRange('0', '9');

    private bool FailHostCharacter(int position)
    {
        string expected = text[position] switch
        {
            > '\x7F' => "expected the name's ASCII form, xn--…",
            '@' => "expected unix:// before an abstract name, and no user before a host",
            _ => "expected letters, digits, '-', '_' and '.'",
        };
        return Fail(position, $"{Quote(text[position])} cannot be in the name of a host", expected);
    }

    private string OtherSchemes(char digit) => _parts.Scheme.IsTcp() ? $"tcp{digit}:// or tcp://" : $"udp{digit}:// or udp://";
}
