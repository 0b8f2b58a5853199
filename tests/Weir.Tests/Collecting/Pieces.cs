using System.Buffers;
using Weir.Collecting;
using Weir.Tests.Engines;

namespace Weir.Tests.Collecting;

/// <summary>Bytes in several pieces, as a reader lends them, and what sources make of them.</summary>
internal static class Pieces
{
    public static ReadOnlySequence<byte> Of(params string[] pieces)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (string piece in pieces)
        {
            last = new Segment(Bytes.Of(piece), last);
            first ??= last;
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    /// <summary>The records that a source has now.</summary>
    public static string[] Take(IRecordSource source, bool countsOctets = false)
    {
        var batch = new RecordBatch(countsOctets);
        while (source.TryTake(batch))
        {
            // All of them.
        }

        return [.. Enumerable.Range(0, batch.Count).Select(record => Bytes.Text(batch[record].Span))];
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
