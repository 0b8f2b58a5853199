using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Weir.Kestrel.Tests.Memory;

/// <summary>Memory pools that know what was rented from them and came back.</summary>
internal sealed class CountingPools : IMemoryPoolFactory<byte>
{
    private readonly ConcurrentQueue<CountingPool> _pools = new();
    private long _rented;
    private long _returned;

    public long Rented => Interlocked.Read(ref _rented);

    public long Outstanding => Rented - Interlocked.Read(ref _returned);

    public int Created => _pools.Count;

    public int Disposed => _pools.Count(pool => pool.IsDisposed);

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        var pool = new CountingPool(this);
        _pools.Enqueue(pool);
        return pool;
    }

    private sealed class CountingPool(CountingPools owner) : MemoryPool<byte>
    {
        private const int BlockBytes = 4096;

        public bool IsDisposed { get; private set; }

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            Interlocked.Increment(ref owner._rented);
            return new Block(owner);
        }

        protected override void Dispose(bool disposing) => IsDisposed = true;

        private sealed class Block(CountingPools owner) : IMemoryOwner<byte>
        {
            private int _isReturned;

            // Pinned, as the default pool's blocks are.
            public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                    Interlocked.Increment(ref owner._returned);
            }
        }
    }
}
