using Weir.Packets.Analysis;

namespace Weir.Packets.Following;

/// <summary>One direction: where it is, and what came too early.</summary>
internal sealed class FollowedSide(StreamSide side, int maxWaitingBytes)
{
    // The SYN is 0.
    private const long FirstByte = 1;

    private readonly SortedList<long, (ReadOnlyMemory<byte> Bytes, int LengthBytes)> _waiting = [];
    private long _next = FirstByte;
    private long _waitingBytes;

    /// <param name="sequence">Relative.</param>
    /// <param name="bytes">As far as they were captured.</param>
    /// <param name="lengthBytes">How many they were on the wire.</param>
    public void Add(long sequence, ReadOnlyMemory<byte> bytes, int lengthBytes, List<FollowedPiece> pieces)
    {
        if (sequence + lengthBytes <= _next)
            return;
        if (sequence <= _next)
        {
            Take(sequence, bytes, lengthBytes, pieces);
            TakeWaiting(pieces);
            return;
        }

        Keep(sequence, bytes, lengthBytes);
        while (_waitingBytes > maxWaitingBytes)
            GiveUpGap(pieces);
    }

    /// <summary>Calls a gap what is missing before a place.</summary>
    public void GiveUpBefore(long sequence, List<FollowedPiece> pieces)
    {
        while (_waiting.Count > 0 && _waiting.GetKeyAtIndex(0) < sequence)
            GiveUpGap(pieces);
    }

    private void Keep(long sequence, ReadOnlyMemory<byte> bytes, int lengthBytes)
    {
        // Of two that begin at the same place the longer one has all of the other.
        if (_waiting.TryGetValue(sequence, out (ReadOnlyMemory<byte> Bytes, int LengthBytes) there))
        {
            if (there.LengthBytes >= lengthBytes)
                return;
            _waitingBytes -= there.LengthBytes;
        }

        _waiting[sequence] = (bytes, lengthBytes);
        _waitingBytes += lengthBytes;
    }

    private void GiveUpGap(List<FollowedPiece> pieces)
    {
        long first = _waiting.GetKeyAtIndex(0);
        if (first > _next)
        {
            pieces.Add(new FollowedPiece(side, _next - FirstByte, default, first - _next));
            _next = first;
        }

        TakeWaiting(pieces);
    }

    private void TakeWaiting(List<FollowedPiece> pieces)
    {
        while (_waiting.Count > 0 && _waiting.GetKeyAtIndex(0) <= _next)
        {
            long sequence = _waiting.GetKeyAtIndex(0);
            (ReadOnlyMemory<byte> bytes, int lengthBytes) = _waiting.GetValueAtIndex(0);
            _waiting.RemoveAt(0);
            _waitingBytes -= lengthBytes;
            Take(sequence, bytes, lengthBytes, pieces);
        }
    }

    private void Take(long sequence, ReadOnlyMemory<byte> bytes, int lengthBytes, List<FollowedPiece> pieces)
    {
        int known = (int)Math.Min(_next - sequence, lengthBytes);
        int fresh = Math.Max(bytes.Length - known, 0);
        if (fresh > 0)
        {
            pieces.Add(new FollowedPiece(side, _next - FirstByte, bytes[known..]));
            _next += fresh;
        }

        long cutOff = sequence + lengthBytes - _next;
        if (cutOff <= 0)
            return;
        pieces.Add(new FollowedPiece(side, _next - FirstByte, default, cutOff));
        _next += cutOff;
    }
}
