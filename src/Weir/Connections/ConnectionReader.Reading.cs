using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Weir;

// The reads that protocols are made of.
public sealed partial class ConnectionReader
{
    /// <summary>
    /// Reads up to and including a delimiter. The bytes are lent: pass the result's end to <see cref="AdvanceTo(SequencePosition)"/> when
    /// they are no longer needed. Empty when the peer has finished and nothing is left.
    /// </summary>
    /// <param name="delimiter">One byte or more.</param>
    /// <param name="limitBytes">The most that may come with the delimiter, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than the limit came without a delimiter. Nothing is consumed.</exception>
    /// <exception cref="EndOfStreamException">The peer finished in the middle. Nothing is consumed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlySequence<byte>> ReadUntilAsync(
        ReadOnlyMemory<byte> delimiter, int limitBytes, CancellationToken cancellationToken = default)
    {
        if (delimiter.IsEmpty)
            throw new ArgumentException("A delimiter has at least one byte.", nameof(delimiter));
        ArgumentOutOfRangeException.ThrowIfLessThan(limitBytes, 1);
        long searched = 0;
        while (true)
        {
            ReadResult result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfCancelled(result);
            ReadOnlySequence<byte> allowed = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, limitBytes));
            if (TryFind(allowed, delimiter.Span, searched, out ReadOnlySequence<byte> found))
                return found;
            searched = allowed.Length;

            if (result.Buffer.Length >= limitBytes)
            {
                AdvanceTo(result.Buffer.Start);
                throw new InvalidDataException($"No delimiter within {limitBytes} bytes.");
            }

            AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (!result.IsCompleted)
                continue;
            return result.Buffer.IsEmpty
                ? ReadOnlySequence<byte>.Empty
                : throw new EndOfStreamException($"The peer finished {result.Buffer.Length} bytes after the last delimiter.");
        }
    }

    /// <summary>Fills the whole destination.</summary>
    /// <exception cref="EndOfStreamException">The peer finished before; what had come is consumed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            ReadResult result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfCancelled(result);
            ReadOnlySequence<byte> taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, destination.Length - filled));
            taken.CopyTo(destination.Span[filled..]);
            filled += (int)taken.Length;
            AdvanceTo(taken.End);
            if (result.IsCompleted && taken.IsEmpty)
                throw new EndOfStreamException($"The peer finished after {filled} of {destination.Length} bytes.");
        }
    }

    private void ThrowIfCancelled(in ReadResult result)
    {
        if (!result.IsCanceled)
            return;
        AdvanceTo(result.Buffer.Start);
        throw new OperationCanceledException("The read was cancelled.");
    }

    // Only the last bytes of what was searched before may be the beginning of a delimiter.
    private static bool TryFind(
        in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> delimiter, long searched, out ReadOnlySequence<byte> found)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(Math.Max(0, searched - delimiter.Length + 1));
        bool isFound = reader.TryReadTo(out ReadOnlySequence<byte> _, delimiter, advancePastDelimiter: true);
        found = isFound ? buffer.Slice(buffer.Start, reader.Position) : default;
        return isFound;
    }
}
