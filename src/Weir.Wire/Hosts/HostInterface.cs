using System.Net.NetworkInformation;

namespace Weir.Wire;

/// <summary>One end of a wire, or of a cable, as a host sees it.</summary>
/// <param name="Name">eth0, eth1 and so on, in the order in which the host was connected.</param>
/// <param name="Index">As if_nametoindex(3) says inside the host.</param>
/// <param name="MtuBytes">When it was made.</param>
public sealed record HostInterface(string Name, int Index, PhysicalAddress Mac, int MtuBytes, IReadOnlyList<IPNetworkAddress> Addresses)
{
    public override string ToString() => $"{Name} {string.Join(", ", Addresses)}";
}
