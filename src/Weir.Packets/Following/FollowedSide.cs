using Weir.Packets.Analysis;

namespace Weir.Packets.Following;

/// <summary>One direction: where it is, and what came too early.</summary>
internal sealed class FollowedSide(StreamSide side, FollowLimits limits)
{
    // The SYN is 0.
    private const long FirstByte = 1;

    // By place; of several at one place, the one that came first.
    private readonly PriorityQueue<Waiting, (long Sequence, long Order)> _waiting = new();
    private long _next = FirstByte;
    private long _waitingBytes;
    private long _order;

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
        while (_waitingBytes > limits.MaxWaitingBytes || _waiting.Count > limits.MaxWaitingPieces)
            GiveUpGap(FollowGap.WaitedTooLong, pieces);
    }

    /// <summary>Calls a gap what is missing before a place.</summary>
    public void GiveUpBefore(long sequence, List<FollowedPiece> pieces)
    {
        while (_waiting.TryPeek(out Waiting first, out _) && first.Sequence < sequence)
            GiveUpGap(FollowGap.NotCaptured, pieces);
    }

    // A copy: a long frame is not kept for the few bytes of it that wait.
    private void Keep(long sequence, ReadOnlyMemory<byte> bytes, int lengthBytes)
    {
        _waiting.Enqueue(new Waiting(sequence, bytes.ToArray(), lengthBytes), (sequence, _order++));
        _waitingBytes += lengthBytes;
    }

    private void GiveUpGap(FollowGap reason, List<FollowedPiece> pieces)
    {
        long first = _waiting.Peek().Sequence;
        if (first > _next)
        {
            pieces.Add(new FollowedPiece(side, _next - FirstByte, default, first - _next, reason));
            _next = first;
        }

        TakeWaiting(pieces);
    }

    private void TakeWaiting(List<FollowedPiece> pieces)
    {
        while (_waiting.TryPeek(out Waiting first, out _) && first.Sequence <= _next)
        {
            _waiting.Dequeue();
            _waitingBytes -= first.LengthBytes;
            Take(first.Sequence, first.Bytes, first.LengthBytes, pieces);
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
        pieces.Add(new FollowedPiece(side, _next - FirstByte, default, cutOff, FollowGap.CutOff));
        _next += cutOff;
    }

    private readonly record struct Waiting(long Sequence, byte[] Bytes, int LengthBytes);
}
