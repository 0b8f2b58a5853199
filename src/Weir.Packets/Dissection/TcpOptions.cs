namespace Weir.Packets.Dissection;

/// <summary>A range of bytes that arrived after a gap: from <see cref="Left"/> up to and without <see cref="Right"/> (RFC 2018).</summary>
public readonly record struct SackBlock(SequenceNumber Left, SequenceNumber Right);

/// <summary>The times that RFC 7323 measures round trips with, in units of the sender's choice; Linux counts milliseconds.</summary>
public readonly record struct TcpTimestamps(uint Value, uint EchoReply);

/// <summary>An option that has no property of its own.</summary>
public sealed record TcpOption(int Kind, ReadOnlyMemory<byte> Data);

/// <summary>The options of a TCP segment.</summary>
public sealed record TcpOptions
{
    internal static TcpOptions None { get; } = new();

    /// <summary>With padding.</summary>
    public int LengthBytes { get; internal set; }

    /// <summary>The longest segment that the sender takes, in bytes.</summary>
    public int? MaximumSegmentBytes { get; internal set; }

    /// <summary>By how many bits to shift the sender's windows to the left.</summary>
    public int? WindowScale { get; internal set; }

    public bool SackPermitted { get; internal set; }

    public IReadOnlyList<SackBlock> SackBlocks { get; internal set; } = [];

    /// <summary>The first block tells what arrived twice (RFC 2883).</summary>
    public bool HasDuplicateSack { get; internal set; }

    public TcpTimestamps? Timestamps { get; internal set; }

    /// <summary>TCP Fast Open's (RFC 7413), empty when it is asked for; null without the option.</summary>
    public ReadOnlyMemory<byte>? FastOpenCookie { get; internal set; }

    /// <summary>Whether the segment is signed with MD5 (RFC 2385).</summary>
    public bool HasMd5 { get; internal set; }

    /// <summary>Whether the segment is signed by TCP-AO (RFC 5925).</summary>
    public bool HasAuthentication { get; internal set; }

    public IReadOnlyList<TcpOption> Others { get; internal set; } = [];
}
