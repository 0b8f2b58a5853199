using System.Buffers.Binary;
using Weir.Packets.Dissection;

namespace Weir.Wire;

/// <summary>The TCP options that a scripted segment carries (RFC 9293, RFC 7323, RFC 2018).</summary>
public sealed record SegmentOptions
{
    private const int MaxBytes = 40;
    private const byte NoOperation = 1;

    /// <summary>MSS; in a SYN.</summary>
    public int? MaximumSegmentBytes { get; init; }

    /// <summary>0 to 14; in a SYN.</summary>
    public int? WindowScale { get; init; }

    /// <summary>In a SYN.</summary>
    public bool SackPermitted { get; init; }

    public TcpTimestamps? Timestamps { get; init; }

    /// <summary>What arrived beyond a gap: from, and up to without, counted from the other side's SYN as 0; at most four.</summary>
    public IReadOnlyList<(long From, long To)> SackBlocks { get; init; } = [];

    /// <summary>Further options as they stand on the wire.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>What a SYN offers when nothing else is said: segments of 1000 bytes.</summary>
    public static SegmentOptions OfSyn { get; } = new() { MaximumSegmentBytes = 1000 };

    internal byte[] Encode(uint firstSequence)
    {
        var bytes = new List<byte>(MaxBytes);
        if (MaximumSegmentBytes is int mss)
            bytes.AddRange([2, 4, (byte)(mss >> 8), (byte)mss]);
        if (WindowScale is int scale)
            bytes.AddRange([NoOperation, 3, 3, (byte)scale]);
        if (SackPermitted)
            bytes.AddRange([NoOperation, NoOperation, 4, 2]);
        if (Timestamps is { } times)
        {
            bytes.AddRange([NoOperation, NoOperation, 8, 10]);
            Append(bytes, times.Value);
            Append(bytes, times.EchoReply);
        }

        if (SackBlocks.Count > 0)
        {
            bytes.AddRange([NoOperation, NoOperation, 5, (byte)(2 + (8 * SackBlocks.Count))]);
            foreach ((long from, long to) in SackBlocks)
            {
                Append(bytes, unchecked(firstSequence + (uint)from));
                Append(bytes, unchecked(firstSequence + (uint)to));
            }
        }

        bytes.AddRange(Raw.Span);
        while (bytes.Count % 4 != 0)
            bytes.Add(0);
        return bytes.Count <= MaxBytes ? [.. bytes] : throw new InvalidOperationException($"A segment has at most {MaxBytes} bytes of options, not {bytes.Count}.");
    }

    private static void Append(List<byte> bytes, uint number)
    {
        Span<byte> four = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        bytes.AddRange(four);
    }
}
