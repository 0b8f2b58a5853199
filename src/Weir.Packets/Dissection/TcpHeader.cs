namespace Weir.Packets.Dissection;

/// <summary>The header of a TCP segment (RFC 9293).</summary>
public sealed record TcpHeader
{
    public required int SourcePort { get; init; }

    public required int DestinationPort { get; init; }

    public required SequenceNumber Sequence { get; init; }

    /// <summary>The next byte that the sender expects; meaningless without <see cref="TcpFlags.Ack"/>.</summary>
    public required SequenceNumber Acknowledgment { get; init; }

    public required TcpFlags Flags { get; init; }

    /// <summary>As it stands in the header: to be shifted by the scale of the sender's SYN, unless this is a SYN.</summary>
    public required int Window { get; init; }

    public required int HeaderBytes { get; init; }

    public required ushort Checksum { get; init; }

    public ChecksumState ChecksumState { get; init; }

    public int UrgentPointer { get; init; }

    public TcpOptions Options { get; init; } = TcpOptions.None;

    public bool IsSyn => Flags.HasFlag(TcpFlags.Syn);

    public bool IsAck => Flags.HasFlag(TcpFlags.Ack);

    public bool IsFin => Flags.HasFlag(TcpFlags.Fin);

    public bool IsReset => Flags.HasFlag(TcpFlags.Rst);
}
