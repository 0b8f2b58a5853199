namespace Weir.Packets.Dissection;

/// <summary>A tag of IEEE 802.1Q or 802.1ad.</summary>
/// <param name="Protocol">What announced the tag: a customer's or a provider's.</param>
/// <param name="Id">0 to 4095; 0 gives a priority and no VLAN.</param>
/// <param name="Priority">0 to 7.</param>
/// <param name="DropEligible">Whether it may be dropped before others.</param>
public readonly record struct VlanTag(EtherType Protocol, int Id, int Priority, bool DropEligible);
