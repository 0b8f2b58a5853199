using System.Buffers;
using System.Globalization;

namespace Weir.Collecting;

/// <summary>Records behind their lengths: <c>LEN SP BYTES</c> (RFC 6587, 3.4.1, octet counting).</summary>
/// <param name="peer">Whom an error is about.</param>
internal sealed class CountedRecords(string peer) : StreamRecords
{
    /// <summary>The longest record of a stream; whoever announces a longer one is disconnected.</summary>
    public const int MaxRecordBytes = 1024 * 1024;

    // The digits of the limit, and the space.
    private const int MaxHeadBytes = 8;

    /// <exception cref="InvalidDataException">What comes does not begin with a length.</exception>
    public override bool TryTake(RecordBatch batch)
    {
        if (Rest.IsEmpty || !TryReadHead(out int length, out int headBytes))
            return false;
        long available = Math.Min(Rest.Length - headBytes, length);
        // A record that ends with its stream is as long as what has come of it.
        if (available < length && !IsLast)
            return false;
        batch.Add(Rest.Slice(headBytes, available));
        Rest = Rest.Slice(headBytes + available);
        return true;
    }

    private bool TryReadHead(out int length, out int headBytes)
    {
        var reader = new SequenceReader<byte>(Rest);
        (length, headBytes) = (0, 0);
        while (reader.TryRead(out byte next))
        {
            if (next == ' ' && reader.Consumed > 1)
            {
                headBytes = (int)reader.Consumed;
                return length <= MaxRecordBytes ? true : throw TooLong(length);
            }

            if (!char.IsAsciiDigit((char)next) || reader.Consumed == MaxHeadBytes)
                throw NoLength(next);
            length = (10 * length) + (next - '0');
        }

        return IsLast ? throw new InvalidDataException($"{peer}: the stream ends in the middle of a record's length") : false;
    }

    private InvalidDataException TooLong(int length) => new(
        $"{peer}: a record of {length.ToString(CultureInfo.InvariantCulture)} bytes, and {MaxRecordBytes} is the limit; its connection was reset");

    private InvalidDataException NoLength(byte found) => new(
        $"{peer}: 'LEN SP BYTES' was expected (RFC 6587), and byte 0x{found:x2} came; its connection was reset; does it send lines?");
}
