using Weir.Linux;

namespace Weir.Sockets;

/// <summary>
/// Keeps a descriptor open for the length of one call, so that a close on another thread cannot give its number to a stranger.
/// A socket that is closed already has the number -1, to which the kernel says EBADF.
/// </summary>
internal readonly ref struct FdHold
{
    private readonly SafeFd? _fd;

    public FdHold(SafeFd fd)
    {
        // The handle would be held once more as long as another call keeps it open.
        if (fd.IsDisposed)
            return;
        bool held = false;
        try
        {
            fd.DangerousAddRef(ref held);
            _fd = fd;
        }
        catch (ObjectDisposedException)
        {
            _fd = null;
        }
    }

    public int Number => _fd?.Number ?? -1;

    public void Dispose() => _fd?.DangerousRelease();
}
