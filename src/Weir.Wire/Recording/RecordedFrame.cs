using System.Diagnostics;
using Weir.Linux;

namespace Weir.Wire;

/// <summary>A direction of a wire, or of a scripted endpoint's.</summary>
/// <param name="Link">The wire or the endpoint: what is sent over it belongs together.</param>
internal readonly record struct RecordedPath(object Link, string From, string To);

/// <summary>A frame of a recording, and what became of it.</summary>
/// <param name="Number">Which one of its path, from 1; 0 for what nobody has sent.</param>
/// <param name="SentBytes">As it was sent.</param>
/// <param name="LeftBytes">As it arrived, when it did.</param>
/// <param name="ReceivedNs">Null when it has not arrived.</param>
/// <param name="Errno">Why the kernel refused it.</param>
internal sealed record RecordedFrame(
    RecordedPath Path, long Number, ReadOnlyMemory<byte> SentBytes, ReadOnlyMemory<byte> LeftBytes, long SentNs, long? ReceivedNs, WireFate Fate, Errno Errno)
{
    public static RecordedFrame Of(in WireEvent happened, NetworkWire wire) => new(
        new RecordedPath(wire, happened.Direction.From, happened.Direction.To),
        happened.Frame.Number,
        happened.Frame.ArrivedBytes,
        happened.Frame.Bytes,
        ToNs(happened.Frame.ArrivedAt),
        happened.LeftAt == 0 ? null : ToNs(happened.LeftAt),
        happened.Fate,
        happened.Errno);

    /// <summary>Nothing is between a scripted endpoint and its host: what one sends has arrived.</summary>
    public static RecordedFrame Of(in ScriptedFrame frame, ScriptedEndpoint endpoint) => new(
        frame.IsSent ? new RecordedPath(endpoint, endpoint.Name, endpoint.HostName) : new RecordedPath(endpoint, endpoint.HostName, endpoint.Name),
        frame.Number,
        frame.Bytes,
        frame.Bytes,
        ToNs(frame.At),
        ToNs(frame.At),
        WireFate.Forwarded,
        Errno.None);

    /// <summary>Nanoseconds of the stopwatch's own clock.</summary>
    public static long ToNs(long timestamp) => (long)((Int128)timestamp * 1_000_000_000 / Stopwatch.Frequency);
}
