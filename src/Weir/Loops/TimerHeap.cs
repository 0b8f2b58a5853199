using System.Diagnostics;

namespace Weir.Loops;

/// <summary>
/// The timers of a loop, the next one on top. Time-outs that move with every byte are not moved here with every byte:
/// they fire, look at the last activity, and go to sleep again.
/// </summary>
internal sealed class TimerHeap
{
    private LoopTimer[] _heap = new LoopTimer[16];
    private int _count;

    public int Count => _count;

    public void Schedule(LoopTimer timer, long dueMs)
    {
        if (timer.IsScheduled)
            Cancel(timer);
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        timer.DueMs = dueMs;
        Place(timer, _count++);
        SiftUp(timer.HeapIndex);
    }

    public void Cancel(LoopTimer timer)
    {
        int index = timer.HeapIndex;
        if (index == LoopTimer.NotScheduled)
            return;

        Debug.Assert(_heap[index] == timer, "the heap and its timers agree");
        timer.HeapIndex = LoopTimer.NotScheduled;
        LoopTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (last == timer)
            return;
        Place(last, index);
        SiftUp(index);
        SiftDown(last.HeapIndex);
    }

    /// <summary>Runs what is due. Timers that are scheduled meanwhile for the same instant wait for the next call.</summary>
    public void Fire(long nowMs)
    {
        for (int limit = _count; limit > 0 && _count > 0 && _heap[0].DueMs <= nowMs; limit--)
        {
            LoopTimer due = _heap[0];
            Cancel(due);
            due.OnDue(nowMs);
        }
    }

    /// <summary>How long a wait may last: -1 without timers.</summary>
    public int MillisecondsUntilNext(long nowMs)
    {
        if (_count == 0)
            return -1;
        return (int)Math.Clamp(_heap[0].DueMs - nowMs, 0, int.MaxValue);
    }

    private void SiftUp(int index)
    {
        while (index > 0 && _heap[(index - 1) / 2].DueMs > _heap[index].DueMs)
        {
            Swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            int least = index;
            for (int child = (2 * index) + 1; child <= (2 * index) + 2 && child < _count; child++)
            {
                if (_heap[child].DueMs < _heap[least].DueMs)
                    least = child;
            }

            if (least == index)
                return;
            Swap(index, least);
            index = least;
        }
    }

    private void Swap(int first, int second)
    {
        LoopTimer other = _heap[first];
        Place(_heap[second], first);
        Place(other, second);
    }

    private void Place(LoopTimer timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }
}
