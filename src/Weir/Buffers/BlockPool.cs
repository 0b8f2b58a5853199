using System.Diagnostics;

namespace Weir.Buffers;

/// <summary>
/// The blocks of one loop. The loop's own thread takes and gives without a lock; other threads, which return what a handler has read
/// and take what it writes, go through a locked shelf. Where one side only takes and the other only gives, half a handful moves across at a
/// time. Last in, first out: the next receive finds its memory in the cache.
/// </summary>
internal sealed class BlockPool(int blockSizeBytes, int retainedBlocks)
{
    private const int OwnBlocks = 64;

    private readonly BufferBlock?[] _own = new BufferBlock?[OwnBlocks];
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
        if (!onLoop)
            return TakeFromShelf() ?? new BufferBlock(blockSizeBytes);

        _lentByLoop++;
        if (_ownCount == 0)
            FillOwn();
        return _ownCount > 0 ? TakeTop(_own, ref _ownCount) : new BufferBlock(blockSizeBytes);
    }

    public void Return(BufferBlock block, bool onLoop)
    {
        Debug.Assert(block.Capacity == blockSizeBytes, "blocks return to the pool they came from");
        block.Reset();
        if (!onLoop)
        {
            lock (_shelfLock)
            {
                _lentByOthers--;
                PutOnShelf(block);
            }

            return;
        }

        _lentByLoop--;
        if (_ownCount == OwnBlocks)
            EmptyOwn();
        _own[_ownCount++] = block;
    }

    private BufferBlock? TakeFromShelf()
    {
        lock (_shelfLock)
        {
            _lentByOthers++;
            return _shelfCount > 0 ? TakeTop(_shelf, ref _shelfCount) : null;
        }
    }

    private void FillOwn()
    {
        lock (_shelfLock)
        {
            while (_ownCount < OwnBlocks / 2 && _shelfCount > 0)
                _own[_ownCount++] = TakeTop(_shelf, ref _shelfCount);
        }
    }

    private void EmptyOwn()
    {
        lock (_shelfLock)
        {
            while (_ownCount > OwnBlocks / 2)
                PutOnShelf(TakeTop(_own, ref _ownCount));
        }
    }

    // Beyond the limit a block goes to the garbage collector, so a burst does not keep its memory for ever.
    private void PutOnShelf(BufferBlock block)
    {
        if (_shelfCount < _shelf.Length)
            _shelf[_shelfCount++] = block;
    }

    private static BufferBlock TakeTop(BufferBlock?[] blocks, ref int count)
    {
        BufferBlock block = blocks[--count]!;
        blocks[count] = null;
        return block;
    }
}
