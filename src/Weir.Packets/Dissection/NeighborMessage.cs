using System.Net;

namespace Weir.Packets.Dissection;

/// <summary>Addresses that a router announces (RFC 4861, section 4.6.2).</summary>
public readonly record struct NeighborPrefix(IPAddress Prefix, int LengthBits)
{
    /// <summary>Whether neighbours with this prefix are reached without a router.</summary>
    public bool OnLink { get; init; }

    /// <summary>Whether hosts make addresses of their own with it.</summary>
    public bool Autonomous { get; init; }

    /// <summary>0xFFFFFFFF is for ever.</summary>
    public uint ValidSeconds { get; init; }

    public uint PreferredSeconds { get; init; }
}

/// <summary>What solicitations, advertisements and redirects of neighbour discovery say (RFC 4861).</summary>
public sealed record NeighborMessage
{
    /// <summary>Whose link address is asked for or told; the better way of a redirect.</summary>
    public IPAddress? Target { get; internal set; }

    /// <summary>A redirect's.</summary>
    public IPAddress? Destination { get; internal set; }

    public LinkAddress? SourceLink { get; internal set; }

    public LinkAddress? TargetLink { get; internal set; }

    /// <summary>The advertisement's sender is a router.</summary>
    public bool IsRouter { get; internal set; }

    /// <summary>The advertisement answers a question.</summary>
    public bool IsSolicited { get; internal set; }

    /// <summary>The advertisement replaces what is known.</summary>
    public bool Overrides { get; internal set; }

    /// <summary>How long a router is a default one; 0 when it is none. Null but in router advertisements.</summary>
    public int? RouterLifetimeSeconds { get; internal set; }

    /// <summary>A router advertisement's; 0 when it says nothing.</summary>
    public int HopLimit { get; internal set; }

    public int? MtuBytes { get; internal set; }

    public IReadOnlyList<NeighborPrefix> Prefixes { get; internal set; } = [];
}
