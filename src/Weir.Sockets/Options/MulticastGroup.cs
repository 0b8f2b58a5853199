using System.Net;

namespace Weir.Sockets;

/// <summary>A multicast group, and the interface on which it is listened to.</summary>
/// <param name="Address">IPv4 from 224.0.0.0 to 239.255.255.255, or IPv6 ff00::/8; the port does not matter.</param>
/// <param name="InterfaceIndex">0 lets the routing table choose.</param>
public readonly record struct MulticastGroup(KernelAddress Address, uint InterfaceIndex = 0)
{
    /// <summary>Reads <c>239.1.2.3</c>, <c>ff02::1@eth0</c>, <c>239.1.2.3@2</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MulticastGroup group)
    {
        group = default;
        int at = text.IndexOf('@');
        ReadOnlySpan<char> host = at < 0 ? text : text[..at];
        uint index = 0;
        if (at >= 0 && !TryFindInterface(text[(at + 1)..], out index))
            return false;
        if (!IPAddress.TryParse(host, out IPAddress? address) || !IsMulticast(address))
            return false;
        group = new MulticastGroup(KernelAddress.FromIPAddress(address, port: 0), index);
        return true;
    }

    public static bool IsMulticast(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> first = stackalloc byte[16];
        return address.TryWriteBytes(first, out int length) && (length == 4 ? (first[0] & 0xF0) == 0xE0 : first[0] == 0xFF);
    }

    public override string ToString() => InterfaceIndex == 0
        ? Address.ToIPEndPoint().Address.ToString()
        : $"{Address.ToIPEndPoint().Address}@{InterfaceIndex}";

    // A scope id is looked up as an interface's name or number in the namespace of this thread.
    private static bool TryFindInterface(ReadOnlySpan<char> name, out uint index)
    {
        if (uint.TryParse(name, out index))
            return index > 0;
        bool isKnown = IPAddress.TryParse($"fe80::1%{name}", out IPAddress? scoped) && scoped.ScopeId > 0;
        index = isKnown ? (uint)scoped!.ScopeId : 0;
        return isKnown;
    }
}
