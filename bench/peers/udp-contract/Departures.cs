using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace Weir.Bench.Peers.Udp;

/// <summary>What is sent: how many datagrams, how fast, and what they hold. It tells the result at the end.</summary>
public sealed class Departures
{
    // The same as in c-udp.
    private const int CheckBatch = 64;
    private const double MarginSeconds = 2;
    private static readonly TimeSpan s_checkPause = TimeSpan.FromMilliseconds(10);

    private readonly UdpPeerOptions _options;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpuAtStart = Environment.CpuUsage.TotalTime;
    private readonly long _endsAt;
    private long _next;

    public Departures(UdpPeerOptions options)
    {
        _options = options;
        double seconds = options.WarmupSeconds + options.Seconds + MarginSeconds;
        _endsAt = _startedAt + (long)(seconds * Stopwatch.Frequency);
    }

    /// <summary>Asked once for each batch: it looks at the clock.</summary>
    public bool IsOver => _options.Count > 0 ? _next == _options.Count : Stopwatch.GetTimestamp() >= _endsAt;

    /// <summary>How many of a batch are still to be sent.</summary>
    public int Of(int batch) =>
        _options.Count > 0 ? (int)Math.Min(_options.Count - _next, Math.Min(batch, CheckBatch)) : batch;

    /// <summary>Everything but the sequence number, which is written for each datagram.</summary>
    public static byte[] Payload(int sizeBytes) => [.. Enumerable.Range(0, sizeBytes).Select(at => (byte)at)];

    public void WriteSequence(Span<byte> datagram) => BinaryPrimitives.WriteInt64LittleEndian(datagram, _next++);

    /// <summary>Nothing when it is timed.</summary>
    public Task PauseAsync() => _options.Count > 0 && _next % CheckBatch == 0 ? Task.Delay(s_checkPause) : Task.CompletedTask;

    public void Tell()
    {
        double seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        double cpuSeconds = (Environment.CpuUsage.TotalTime - _cpuAtStart).TotalSeconds;
        var result = new { SentDatagrams = _next, Seconds = seconds, CpuSeconds = cpuSeconds };
        Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
    }
}
