using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Wire;

/// <summary>An address and how many of its bits name the network: <c>10.0.0.1/24</c>, <c>fd00::1/64</c>.</summary>
public sealed record IPNetworkAddress(IPAddress Address, int PrefixLength)
{
    public bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <exception cref="FormatException">It is not of that form, or the number of bits is beyond the family's.</exception>
    public static IPNetworkAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0
            && IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            && bits <= address.GetAddressBytes().Length * 8)
            return new IPNetworkAddress(address, bits);
        throw new FormatException($"'{text}' is no address with the length of its network, such as 10.0.0.1/24 or fd00::1/64.");
    }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
