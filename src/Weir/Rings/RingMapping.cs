using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Rings;

/// <summary>Memory that a ring shares with the kernel.</summary>
internal sealed unsafe class RingMapping : IDisposable
{
    private readonly nuint _length;
    private byte* _start;

    /// <exception cref="SocketCallException">ENOMEM.</exception>
    public RingMapping(SafeFd ring, nuint length, long offset)
    {
        _length = length;
        SysResult mapped = Sys.Map(length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.Number, offset, out void* start);
        if (!mapped.IsOk)
            throw new SocketCallException("mmap", mapped.Errno, "a ring's queue");
        _start = (byte*)start;
    }

    public void* At(uint offset) => _start + offset;

    public void Dispose()
    {
        if (_start is not null)
            Sys.Unmap(_start, _length);
        _start = null;
    }
}
