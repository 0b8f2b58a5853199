using Weir.Bench.Peers.BareEpoll;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Bench.Peers.BareUring;

/// <summary>As few buffers as c-uring has: the cache keeps all of them.</summary>
internal sealed unsafe class BufferRing
{
    public const ushort Group = 0;

    private const int BufferCount = 64;
    private const int BufferBytes = 16 * 1024;

    private readonly io_uring_buf* _entries;

    // SAFETY: the kernel writes into it as long as the process lives.
    private readonly byte[] _buffers = GC.AllocateArray<byte>(BufferCount * BufferBytes, pinned: true);

    private ushort _tail;

    public BufferRing(int ring)
    {
        SysResult mapped = Sys.Map(
            (nuint)(BufferCount * sizeof(io_uring_buf)), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, fd: -1, offset: 0, out void* start);
        if (!mapped.IsOk)
            throw new InvalidOperationException($"mmap: {mapped.Errno}");
        _entries = (io_uring_buf*)start;
        io_uring_buf_reg group = new() { ring_addr = (ulong)_entries, ring_entries = BufferCount, bgid = Group };
        Checked.Value(Sys.IoUringRegisterBuffers(ring, group), "IORING_REGISTER_PBUF_RING");
        for (int id = 0; id < BufferCount; id++)
            Give(id);
    }

    public ReadOnlySpan<byte> Received(int id, int count) => _buffers.AsSpan(id * BufferBytes, count);

    public void Give(int id)
    {
        io_uring_buf* entry = _entries + (_tail++ & (BufferCount - 1));
        fixed (byte* start = &_buffers[id * BufferBytes])
            (entry->addr, entry->len, entry->bid) = ((ulong)start, BufferBytes, (ushort)id);
        Volatile.Write(ref _entries->resv, _tail); // The first entry's last field is the tail.
    }
}
