using System.Diagnostics;

namespace Weir.Wire;

/// <summary>A frame of a recording, and what became of it.</summary>
internal sealed record RecordedFrame(string From, string To, long Number, ReadOnlyMemory<byte> Bytes, long SentNs, long? ReceivedNs, WireFate Fate)
{
    /// <summary>Whether the near end, or nobody, sent it; a copy that the wire made was not.</summary>
    public bool IsSent => Fate is not (WireFate.Duplicated or WireFate.Held);

    public static RecordedFrame Of(in WireEvent happened) => new(
        happened.Direction.From,
        happened.Direction.To,
        happened.Frame.Number,
        happened.Frame.Bytes,
        ToNs(happened.Frame.ArrivedAt),
        happened.LeftAt == 0 ? null : ToNs(happened.LeftAt),
        happened.Fate);

    /// <summary>Nanoseconds of the stopwatch's own clock.</summary>
    public static long ToNs(long timestamp) => (long)((Int128)timestamp * 1_000_000_000 / Stopwatch.Frequency);
}
