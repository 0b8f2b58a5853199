namespace Weir.Packets.Dissection;

/// <summary>The header of an Ethernet frame. Its type is <see cref="EtherType.Vlan"/> or one like it where tags follow.</summary>
public sealed record EthernetHeader(LinkAddress Destination, LinkAddress Source, EtherType Type);
