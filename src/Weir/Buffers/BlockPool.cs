using System.Diagnostics;

namespace Weir.Buffers;

/// <summary>
/// The blocks of one loop. The loop's own thread takes and gives without a lock; other threads, which return what a handler has read
/// and take what it writes, go through a locked shelf. Last in, first out: the next receive finds its memory in the cache.
/// </summary>
internal sealed class BlockPool(int blockSizeBytes, int retainedBlocks)
{
    private readonly BufferBlock?[] _own = new BufferBlock?[retainedBlocks];
    private readonly BufferBlock?[] _shelf = new BufferBlock?[retainedBlocks];
    private readonly Lock _shelfLock = new();
    private int _ownCount;
    private int _shelfCount;
    private int _lentByLoop;
    private int _lentByOthers;

    public int BlockSizeBytes => blockSizeBytes;

    /// <summary>Blocks that are out at this moment. The two counts differ in who took and gave, only their sum has a meaning.</summary>
    public int Lent => Volatile.Read(ref _lentByLoop) + Volatile.Read(ref _lentByOthers);

    public long LentBytes => (long)Lent * blockSizeBytes;

    public BufferBlock Rent(bool onLoop)
    {
        if (onLoop)
        {
            _lentByLoop++;
            if (_ownCount > 0)
                return TakeOwn();
        }

        return TakeFromShelf(onLoop) ?? new BufferBlock(blockSizeBytes);
    }

    public void Return(BufferBlock block, bool onLoop)
    {
        Debug.Assert(block.Capacity == blockSizeBytes, "blocks return to the pool they came from");
        block.Reset();
        if (onLoop)
        {
            _lentByLoop--;
            // Beyond the limit a block goes to the garbage collector, so a burst does not keep its memory for ever.
            if (_ownCount < _own.Length)
                _own[_ownCount++] = block;
            return;
        }

        lock (_shelfLock)
        {
            _lentByOthers--;
            if (_shelfCount < _shelf.Length)
                _shelf[_shelfCount++] = block;
        }
    }

    private BufferBlock TakeOwn()
    {
        BufferBlock block = _own[--_ownCount]!;
        _own[_ownCount] = null;
        return block;
    }

    // The loop takes half of the shelf at once, so that blocks which come back from other threads cost it one lock for many.
    private BufferBlock? TakeFromShelf(bool onLoop)
    {
        lock (_shelfLock)
        {
            if (!onLoop)
                _lentByOthers++;
            if (_shelfCount == 0)
                return null;
            for (int moved = onLoop ? _shelfCount / 2 : 0; moved > 0; moved--)
                _own[_ownCount++] = TakeTop();
            return TakeTop();
        }
    }

    private BufferBlock TakeTop()
    {
        BufferBlock block = _shelf[--_shelfCount]!;
        _shelf[_shelfCount] = null;
        return block;
    }
}
