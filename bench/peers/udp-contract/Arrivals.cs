using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;

namespace Weir.Bench.Peers.Udp;

/// <summary>Looks at length and sequence number of each datagram, and counts between two marks, as c-udp does.</summary>
public sealed class Arrivals(UdpPeerOptions options, Func<long> dropped, int? receiveBufferBytes)
{
    private readonly bool _verifies = options.Count > 0;
    private readonly int _sizeBytes = options.SizeBytes;
    private long _received;
    private long _lost;
    private long _sequenceErrors;
    private long _next;
    private Mark? _from;
    private Mark? _to;
    private long _nextMarkAt;

    /// <summary>Somebody may send now.</summary>
    public static void TellReady() => Console.WriteLine("ready");

    public void Take(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length != _sizeBytes)
            throw new InvalidDataException($"datagram {_received}: {datagram.Length} bytes instead of {_sizeBytes}");
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(datagram);
        if (sequence >= _next)
        {
            _lost += sequence - _next;
            _next = sequence + 1;
        }
        else
        {
            _sequenceErrors++;
        }

        _received++;
        if (_verifies)
            Verify(datagram);
    }

    /// <summary>Asked once for each batch: it looks at the clock, begins the window after the warm-up and ends it.</summary>
    public bool IsOver()
    {
        if (_verifies)
        {
            _from ??= new Mark(Stopwatch.GetTimestamp(), TimeSpan.Zero, 0, 0, 0);
            return _next >= options.Count;
        }

        if (_received == 0)
            return false;
        long now = Stopwatch.GetTimestamp();
        if (_nextMarkAt == 0)
            _nextMarkAt = now + Ticks(options.WarmupSeconds);
        return now >= _nextMarkAt && IsOverAtMark();
    }

    /// <summary>The exit code: in the check everything has to have arrived.</summary>
    public int Tell()
    {
        Mark from = _from!;
        Mark to = _to ?? TakeMark();
        double windowSeconds = Stopwatch.GetElapsedTime(from.At, to.At).TotalSeconds;
        var result = new
        {
            ReceivedDatagrams = to.Received - from.Received,
            WindowSeconds = windowSeconds,
            CpuSeconds = (to.Cpu - from.Cpu).TotalSeconds,
            LostDatagrams = to.Lost - from.Lost,
            KernelDrops = to.Dropped - from.Dropped,
            SequenceErrors = _sequenceErrors,
            ReceiveBufferBytes = receiveBufferBytes,
        };
        Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        if (!_verifies || _received == options.Count)
            return 0;
        Console.Error.WriteLine($"{_received} datagrams arrived of {options.Count}");
        return 1;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private bool IsOverAtMark()
    {
        if (_from is null)
        {
            _from = TakeMark();
            _nextMarkAt = _from.At + Ticks(options.Seconds);
            return false;
        }

        _to = TakeMark();
        return true;
    }

    private Mark TakeMark() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, _received, _lost, dropped());

    private void Verify(ReadOnlySpan<byte> datagram)
    {
        for (int at = sizeof(long); at < datagram.Length; at++)
        {
            if (datagram[at] != (byte)at)
                throw new InvalidDataException($"datagram {_received}, byte {at}: got {datagram[at]:x2}, expected {(byte)at:x2}");
        }
    }

    private sealed record Mark(long At, TimeSpan Cpu, long Received, long Lost, long Dropped);
}
