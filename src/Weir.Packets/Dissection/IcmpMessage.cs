using System.Net;

namespace Weir.Packets.Dissection;

/// <summary>A message of ICMP (RFC 792) or ICMPv6 (RFC 4443, RFC 4861).</summary>
public sealed record IcmpMessage
{
    /// <summary>4 or 6, IP's.</summary>
    public required int Version { get; init; }

    public required int Type { get; init; }

    public required int Code { get; init; }

    public required ushort Checksum { get; init; }

    public ChecksumState ChecksumState { get; init; }

    /// <summary>An echo's, its answer's; null in other messages.</summary>
    public int? Identifier { get; init; }

    /// <summary>An echo's, its answer's; null in other messages.</summary>
    public int? Sequence { get; init; }

    /// <summary>How long packets may be, where one was too big; 0 from routers that don't say.</summary>
    public int? MtuBytes { get; init; }

    /// <summary>The better way that a redirect of IPv4 names.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The beginning of the packet that an error is about.</summary>
    public QuotedPacket? Quoted { get; init; }

    /// <summary>What a message of neighbour discovery says.</summary>
    public NeighborMessage? Neighbor { get; init; }

    /// <summary><c>echo request</c>, <c>unreachable: port</c>.</summary>
    public string Name => IcmpNames.Of(this);
}
