namespace Weir.Packets.Flows;

/// <summary>Where the frames of a link say what they carry, and where that begins.</summary>
internal static class LinkLayout
{
    /// <summary>Nowhere: it begins with the packet, whose version tells.</summary>
    public const int IsRaw = -1;

    /// <summary>A link of whose frames nothing is known here.</summary>
    public const int IsUnknown = -2;

    public static (int TypeAt, int HeaderBytes) Of(LinkType link) => link switch
    {
        LinkType.Ethernet => (12, 14),
        LinkType.Null => (IsRaw, 4),
        LinkType.Raw or LinkType.Ipv4 or LinkType.Ipv6 => (IsRaw, 0),
        LinkType.LinuxCooked => (14, 16),
        LinkType.LinuxCookedV2 => (0, 20),
        _ => (IsUnknown, 0),
    };
}
