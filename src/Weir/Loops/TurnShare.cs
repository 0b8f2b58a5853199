namespace Weir.Loops;

/// <summary>How much one user may do inline on a loop before the others have their turn.</summary>
/// <param name="calls">Calls per turn.</param>
internal struct TurnShare(int calls)
{
    private long _turn = -1;
    private int _used;

    /// <summary>Counts one; true when this turn's share is used up. Other threads than the loop's hold nobody up.</summary>
    public bool IsUsedUp(EventLoop loop)
    {
        if (!loop.IsCurrent)
            return false;
        if (_turn != loop.Counters.Turns)
            (_turn, _used) = (loop.Counters.Turns, 0);
        return ++_used > calls;
    }
}
