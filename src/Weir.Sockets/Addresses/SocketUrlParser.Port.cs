using System.Globalization;

namespace Weir.Sockets;

internal sealed partial class SocketUrlParser
{
    private const int MaxPort = 65_535;

    private bool ReadPort()
    {
        if (IsAtEnd || text[_position] != ':')
            return Fail(_position, "there is no port", $"expected ':' and a port, such as {Example(_parts.Scheme)}");
        int start = ++_position;
        int end = IndexOfAnyOrEnd("/?#", start);
        ReadOnlySpan<char> port = Slice(start, end);
        if (port.IsEmpty) return Fail(start, "the port is empty", $"expected 0 to {MaxPort} or a service such as http");
        if (!(IsNumber(port) ? ReadPortNumber(port) : ReadService(port.ToString()))) return false;
        _position = end;
        return IsAtEnd || text[end] == '?' || FailAfterPort(end);
    }

    private static bool IsNumber(ReadOnlySpan<char> port)
    {
        ReadOnlySpan<char> digits = port[0] is '-' or '+' ? port[1..] : port;
        return IsDigits(digits);
    }

    private bool ReadPortNumber(ReadOnlySpan<char> digits)
    {
        if (!int.TryParse(digits, NumberStyles.None, null, out int port) || port > MaxPort)
            return Fail(_position, $"port {Shorten(digits)} is out of range", $"expected 0 to {MaxPort}");
        _parts.Port = port;
        return true;
    }

    private bool ReadService(string service)
    {
        string protocol = _parts.Scheme.IsTcp() ? "tcp" : "udp";
        if (ServiceNames.OfThisMachine.TryFind(service, protocol, out int port))
        {
            _parts.Port = port;
            return true;
        }

        string other = _parts.Scheme.IsTcp() ? "udp" : "tcp";
        if (ServiceNames.OfThisMachine.TryFind(service, other, out _))
            return Fail(_position, $"{Quote(service)} is a {other} service", $"expected a {protocol} service, or a number");
        string? nearest = ServiceNames.OfThisMachine.Nearest(service, protocol);
        string expected = $"expected 0 to {MaxPort} or a {protocol} service of /etc/services";
        return Fail(_position, $"unknown service {Quote(service)}", nearest is null ? expected : $"did you mean {nearest}?");
    }

    private bool FailAfterPort(int position) => text[position] == '/'
        ? Fail(position, $"{_parts.Scheme.Name()} has no path", "expected the end or ?option=value")
        : FailFragment(position);
}
