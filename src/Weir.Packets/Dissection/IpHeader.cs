using System.Net;

namespace Weir.Packets.Dissection;

/// <summary>The header of an IPv4 packet, or that of an IPv6 packet with its extension headers.</summary>
public sealed record IpHeader
{
    /// <summary>4 or 6.</summary>
    public required int Version { get; init; }

    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    /// <summary>What follows the header; in IPv6, what follows the last extension header that was read.</summary>
    public required IpProtocol Protocol { get; init; }

    /// <summary>IPv4's time to live.</summary>
    public required int HopLimit { get; init; }

    /// <summary>The six bits of DSCP and two of ECN.</summary>
    public required int TrafficClass { get; init; }

    /// <summary>With IPv4's options and IPv6's extension headers.</summary>
    public required int HeaderBytes { get; init; }

    /// <summary>The whole packet; where the header says 0, because the kernel or a card joins or splits segments, as long as the frame.</summary>
    public required int TotalBytes { get; init; }

    /// <summary>IPv4's options.</summary>
    public int OptionsBytes { get; init; }

    /// <summary>Names the packet that fragments belong to; 0 in an IPv6 packet that is whole.</summary>
    public uint Identification { get; init; }

    public bool DontFragment { get; init; }

    public bool MoreFragments { get; init; }

    public int FragmentOffsetBytes { get; init; }

    /// <summary>IPv6's.</summary>
    public int FlowLabel { get; init; }

    /// <summary>IPv6's, in their order.</summary>
    public IReadOnlyList<ExtensionHeader> Extensions { get; init; } = [];

    /// <summary>IPv4's.</summary>
    public ushort Checksum { get; init; }

    /// <summary>IPv4's; IPv6 has none.</summary>
    public ChecksumState ChecksumState { get; init; }

    public bool IsFragment => MoreFragments || FragmentOffsetBytes > 0;

    /// <summary>0 not capable, 1 and 2 capable, 3 congestion experienced (RFC 3168).</summary>
    public int Ecn => TrafficClass & 3;

    public int Dscp => TrafficClass >> 2;
}
