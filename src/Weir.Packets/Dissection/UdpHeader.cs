namespace Weir.Packets.Dissection;

/// <summary>The header of a UDP datagram (RFC 768).</summary>
public sealed record UdpHeader
{
    internal const int HeaderBytes = 8;

    public required int SourcePort { get; init; }

    public required int DestinationPort { get; init; }

    /// <summary>As it stands in the header, which is part of it.</summary>
    public required int LengthBytes { get; init; }

    public required ushort Checksum { get; init; }

    public ChecksumState ChecksumState { get; init; }
}
