using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Buffers;

/// <summary>
/// A piece of memory that carries bytes between the kernel and a handler, and a link of the sequences that readers see.
/// Its bytes lie on the pinned heap and are never moved.
/// </summary>
internal sealed class BufferBlock : ReadOnlySequenceSegment<byte>
{
    private readonly byte[] _bytes;

    public BufferBlock(int sizeBytes)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(sizeBytes, pinned: true);
        Memory = _bytes;
    }

    /// <summary>Bytes written so far, from the beginning.</summary>
    public int Filled { get; private set; }

    /// <summary>Where the bytes lie.</summary>
    public unsafe byte* Address => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    public int Capacity => _bytes.Length;

    public int FreeBytes => _bytes.Length - Filled;

    public new BufferBlock? Next
    {
        get => (BufferBlock?)base.Next;
        set => base.Next = value;
    }

    public Span<byte> FreeSpan => _bytes.AsSpan(Filled);

    public Memory<byte> FreeMemory => _bytes.AsMemory(Filled);

    public Span<byte> Span(int start, int end) => _bytes.AsSpan(start, end - start);

    public void Append(int count) => Filled += count;

    /// <summary>
    /// Links the block that holds the bytes after this one's. From here on no byte is appended to this block, so the
    /// sequence's view of it ends where its bytes end.
    /// </summary>
    public void LinkTo(BufferBlock next)
    {
        if (Memory.Length != Filled)
            Memory = _bytes.AsMemory(0, Filled);
        next.RunningIndex = RunningIndex + Filled;
        base.Next = next;
    }

    public void Reset()
    {
        if (Memory.Length != _bytes.Length)
            Memory = _bytes;
        Filled = 0;
        RunningIndex = 0;
        base.Next = null;
    }
}
