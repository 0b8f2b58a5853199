using System.Runtime.CompilerServices;

namespace Weir.Linux;

/// <summary>
/// struct epoll_event: 32 bits of events, 64 bits of data. Packed on x64, so that 32-bit programs see the same structure;
/// aligned everywhere else (include/uapi/linux/eventpoll.h, EPOLL_PACKED).
/// </summary>
public static unsafe class epoll_event
{
    public const int MaxSize = 16;

    /// <summary>Bytes per element on this machine.</summary>
    public static readonly int Size = SizeOn(Abi.IsX64);

    /// <summary>Where the data lies on this machine.</summary>
    public static readonly int DataOffset = DataOffsetOn(Abi.IsX64);

    public static int SizeOn(bool x64) => x64 ? 12 : 16;

    public static int DataOffsetOn(bool x64) => x64 ? 4 : 8;

    internal static void Write(byte* at, uint events, ulong data)
    {
        Unsafe.WriteUnaligned(at, events);
        Unsafe.WriteUnaligned(at + DataOffset, data);
    }
}

/// <summary>The array that epoll_wait(2) fills. It lies on the pinned heap, so it is never moved under the kernel.</summary>
public sealed unsafe class EpollEvents
{
    private readonly byte[] _bytes;

    public EpollEvents(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _bytes = GC.AllocateArray<byte>(capacity * epoll_event.Size, pinned: true);
        Start = (byte*)Unsafe.AsPointer(ref _bytes[0]);
    }

    public int Capacity { get; }

    internal byte* Start { get; }

    /// <summary>The events of element <paramref name="index"/>: EPOLLIN, EPOLLOUT, EPOLLERR and so on.</summary>
    public uint EventsAt(int index) => Unsafe.ReadUnaligned<uint>(ref _bytes[index * epoll_event.Size]);

    /// <summary>The data that was given when the descriptor was added.</summary>
    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(ref _bytes[(index * epoll_event.Size) + epoll_event.DataOffset]);
}
