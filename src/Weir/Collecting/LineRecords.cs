using System.Buffers;

namespace Weir.Collecting;

/// <summary>Lines: each with its newline, the last one as well, and none longer than the limit.</summary>
/// <param name="maxLineBytes">Without the newline.</param>
/// <param name="onCut">A line was longer, and was cut.</param>
internal sealed class LineRecords(int maxLineBytes, Action onCut) : StreamRecords
{
    // A line that comes byte by byte is not searched from its beginning each time.
    private long _searchedBytes;

    public override bool TryTake(RecordBatch batch)
    {
        long length = LengthOfLine();
        if (length >= 0 && length <= maxLineBytes)
            return Take(batch, length, newlineBytes: 1);
        if (length > maxLineBytes || Rest.Length > maxLineBytes)
        {
            onCut();
            return Take(batch, maxLineBytes, newlineBytes: 0);
        }

        return IsLast && !Rest.IsEmpty && Take(batch, Rest.Length, newlineBytes: 0);
    }

    // A negative length is that of no line yet.
    private long LengthOfLine()
    {
        int inFirst = _searchedBytes == 0 ? Rest.FirstSpan.IndexOf((byte)'\n') : -1;
        if (inFirst >= 0 || Rest.Length == _searchedBytes)
            return inFirst;
        ReadOnlySequence<byte> unsearched = Rest.Slice(_searchedBytes);
        if (unsearched.PositionOf((byte)'\n') is { } newline)
            return _searchedBytes + unsearched.Slice(0, newline).Length;
        _searchedBytes = Rest.Length;
        return -1;
    }

    private bool Take(RecordBatch batch, long length, int newlineBytes)
    {
        batch.Add(Rest.Slice(0, length), endsLine: true);
        Rest = Rest.Slice(length + newlineBytes);
        _searchedBytes = Math.Max(0, _searchedBytes - length - newlineBytes);
        return true;
    }
}
