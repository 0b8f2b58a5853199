using System.Buffers;
using System.Buffers.Text;

namespace Weir.Collecting;

/// <summary>Records one behind the other, as they go out, and where each ends.</summary>
/// <param name="countsOctets">Whether each has its length before it (RFC 6587).</param>
internal sealed class RecordBatch(bool countsOctets)
{
    private const int FirstBytes = 4096;

    // The digits of an int.
    private const int MaxCountBytes = 10;

    private byte[] _bytes = new byte[FirstBytes];
    private int[] _ends = new int[64];
    private int _taken;

    public int Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>How many of the records the output has taken, which the writer says while others ask.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public int TakenBytes => StartOf(Taken);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Bytes);

    public int EndOf(int record) => _ends[record];

    /// <summary>The record that holds the byte at this position.</summary>
    public int RecordAt(int position)
    {
        int found = Array.BinarySearch(_ends, 0, Count, position);
        return found >= 0 ? found + 1 : ~found;
    }

    public int StartOf(int record) => record == 0 ? 0 : _ends[record - 1];

    public ReadOnlyMemory<byte> this[int record] => _bytes.AsMemory(StartOf(record), EndOf(record) - StartOf(record));

    public void Add(ReadOnlySpan<byte> record, bool endsLine = false)
    {
        record.CopyTo(Begin(record.Length + (endsLine ? 1 : 0)));
        End(endsLine);
    }

    public void Add(in ReadOnlySequence<byte> record, bool endsLine = false)
    {
        record.CopyTo(Begin((int)record.Length + (endsLine ? 1 : 0)));
        End(endsLine);
    }

    /// <summary>The output has these records, and those before.</summary>
    public void Take(int records) => Volatile.Write(ref _taken, records);

    public void Clear() => (Bytes, Count, _taken) = (0, 0, 0);

    private Span<byte> Begin(int length)
    {
        Reserve(length + MaxCountBytes + 1);
        if (countsOctets)
        {
            Utf8Formatter.TryFormat(length, _bytes.AsSpan(Bytes), out int digits);
            Bytes += digits;
            _bytes[Bytes++] = (byte)' ';
        }

        int start = Bytes;
        Bytes += length;
        return _bytes.AsSpan(start, length);
    }

    private void End(bool endsLine)
    {
        if (endsLine)
            _bytes[Bytes - 1] = (byte)'\n';
        if (Count == _ends.Length)
            Array.Resize(ref _ends, 2 * Count);
        _ends[Count++] = Bytes;
    }

    private void Reserve(int length)
    {
        if (_bytes.Length - Bytes < length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Bytes + length));
    }
}
