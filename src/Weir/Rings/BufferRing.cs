using System.Runtime.CompilerServices;
using Weir.Buffers;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Rings;

/// <summary>
/// The blocks that a ring's receives take their memory from (io_uring_register(2), IORING_REGISTER_PBUF_RING). A block that the kernel has
/// filled is replaced by another of the loop's pool and lent to a reader; it returns to the pool as any other does. As few are provided as
/// will do, because the kernel takes them in turn and the cache has to hold all of them.
/// </summary>
internal sealed unsafe class BufferRing
{
    public const ushort Group = 0;

    private readonly BlockPool _pool;
    private readonly BufferBlock?[] _blocks;
    private readonly Stack<ushort> _free;
    private readonly io_uring_buf[] _ring;
    private readonly io_uring_buf* _entries;
    private readonly int _mask;
    private ushort _tail;
    private ushort _published;

    /// <param name="ring">Whose receives take from it.</param>
    /// <param name="pool">Where blocks come from and go to.</param>
    /// <param name="first">How many are provided at first.</param>
    /// <param name="most">The most that are provided, a power of two up to 32,768.</param>
    /// <exception cref="SocketCallException">EINVAL before Linux 5.19; ENOMEM.</exception>
    public BufferRing(Ring ring, BlockPool pool, int first, int most)
    {
        _pool = pool;
        _mask = most - 1;
        _blocks = new BufferBlock?[most];
        _free = new Stack<ushort>(most);
        // SAFETY: the kernel reads and writes it as long as the ring lives; it lies on the pinned heap, at a page's beginning, as the kernel demands.
        _ring = GC.AllocateArray<io_uring_buf>(most + (Environment.SystemPageSize / sizeof(io_uring_buf)), pinned: true);
        nuint start = (nuint)Unsafe.AsPointer(ref _ring[0]);
        nuint page = (nuint)Environment.SystemPageSize;
        _entries = (io_uring_buf*)((start + page - 1) / page * page);
        SysResult registered = Sys.IoUringRegisterBuffers(
            ring.Fd.Number, new io_uring_buf_reg { ring_addr = (ulong)_entries, ring_entries = (uint)most, bgid = Group });
        if (!registered.IsOk)
            throw new SocketCallException("io_uring_register", registered.Errno, "a ring of buffers");
        for (int id = most - 1; id >= 0; id--)
            _free.Push((ushort)id);
        Wanted = Math.Min(first, most);
    }

    /// <summary>How many blocks are to be provided.</summary>
    public int Wanted { get; private set; }

    /// <summary>How many the kernel has.</summary>
    public int Provided { get; private set; }

    public long ProvidedBytes => (long)Provided * _pool.BlockSizeBytes;

    /// <summary>They were too few at once: twice as many from now on, up to the most.</summary>
    public void Grow() => Wanted = Math.Min(Wanted * 2, _mask + 1);

    /// <summary>The block that the kernel has filled; the caller's from now on.</summary>
    public BufferBlock Take(ushort id)
    {
        BufferBlock block = _blocks[id]!;
        _blocks[id] = null;
        _free.Push(id);
        Provided--;
        return block;
    }

    /// <summary>Replaces what was taken, and lets the kernel see it; on the loop's thread.</summary>
    public void Refill()
    {
        while (Provided < Wanted)
        {
            ushort id = _free.Pop();
            BufferBlock block = _pool.Rent(onLoop: true);
            _blocks[id] = block;
            // Not the whole entry: the first one's last field is the tail.
            io_uring_buf* entry = _entries + (_tail++ & _mask);
            (entry->addr, entry->len, entry->bid) = ((ulong)block.Address, (uint)block.Capacity, id);
            Provided++;
        }

        if (_published == _tail)
            return;
        _published = _tail;
        // The kernel sees the entries before it sees the tail.
        Volatile.Write(ref _entries->resv, _tail);
    }

    /// <summary>Gives everything back; the ring is closed.</summary>
    public void Release()
    {
        foreach (BufferBlock? block in _blocks)
        {
            if (block is not null)
                _pool.Return(block, onLoop: true);
        }

        Array.Clear(_blocks);
        Provided = 0;
        GC.KeepAlive(_ring);
    }
}
