namespace Weir.Sockets;

/// <summary>One address that a URL stands for.</summary>
/// <param name="Address">What bind(2) or connect(2) takes.</param>
/// <param name="IPv6Only">
/// What IPV6_V6ONLY has to be before bind(2): on for tcp6 and udp6, off for tcp and udp unless the query says otherwise; null
/// when the address is not IPv6.
/// </param>
public readonly record struct ResolvedAddress(KernelAddress Address, bool? IPv6Only)
{
    public override string ToString() => Address.ToString();
}
