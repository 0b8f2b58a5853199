namespace Weir.Packets.Dissection;

/// <summary>Whom a frame was for, seen from the machine that captured it (packet(7)).</summary>
public enum CookedPacketType
{
    ToUs = 0,
    Broadcast = 1,
    Multicast = 2,
    ToOthers = 3,
    FromUs = 4,
}

/// <summary>The pseudo header of captures on Linux's "any" device: LINUX_SLL and LINUX_SLL2.</summary>
public sealed record CookedHeader
{
    /// <summary>1, or 2 with the interface's index.</summary>
    public required int Version { get; init; }

    public required CookedPacketType PacketType { get; init; }

    /// <summary>ARPHRD_ETHER is 1, ARPHRD_LOOPBACK 772 (linux/if_arp.h).</summary>
    public required int HardwareType { get; init; }

    /// <summary>The sender's.</summary>
    public required LinkAddress Address { get; init; }

    public required EtherType Protocol { get; init; }

    /// <summary>Where it was captured; 0 in version 1, which doesn't say.</summary>
    public int InterfaceIndex { get; init; }
}
