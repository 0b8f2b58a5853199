using System.Diagnostics;

namespace Weir.Wire;

/// <summary>A frame of a recording as it was sent, and what became of it.</summary>
internal sealed record RecordedFrame(WireDirection Direction, long Number, ReadOnlyMemory<byte> Bytes, long SentNs, long? ReceivedNs, WireFate Fate)
{
    public string From => Direction.From;

    public string To => Direction.To;

    public static RecordedFrame Of(in WireEvent happened) => new(
        happened.Direction,
        happened.Frame.Number,
        happened.Frame.ArrivedBytes,
        ToNs(happened.Frame.ArrivedAt),
        happened.LeftAt == 0 ? null : ToNs(happened.LeftAt),
        happened.Fate);

    /// <summary>Nanoseconds of the stopwatch's own clock.</summary>
    public static long ToNs(long timestamp) => (long)((Int128)timestamp * 1_000_000_000 / Stopwatch.Frequency);
}
