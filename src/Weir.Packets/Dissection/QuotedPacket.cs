namespace Weir.Packets.Dissection;

/// <summary>The beginning of a packet that an ICMP error sends back.</summary>
public sealed record QuotedPacket(IpHeader Ip)
{
    /// <summary>TCP's, UDP's and the like; null when they are not in the quote.</summary>
    public int? SourcePort { get; init; }

    public int? DestinationPort { get; init; }

    /// <summary>TCP's.</summary>
    public SequenceNumber? Sequence { get; init; }
}
