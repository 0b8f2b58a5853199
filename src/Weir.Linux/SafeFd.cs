using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>
/// The one owner of a file descriptor. A call in progress on another thread keeps the descriptor open,
/// so its number is never reused under that call.
/// </summary>
public sealed class SafeFd : SafeHandle
{
    private volatile bool _isDisposed;

    public SafeFd(int fd, bool ownsHandle = true)
        : base(invalidHandleValue: -1, ownsHandle) => SetHandle(fd);

    /// <summary>For the runtime's marshaller and for tests of the invalid state.</summary>
    public SafeFd()
        : this(-1)
    {
    }

    public override bool IsInvalid => handle < 0;

    /// <summary>Whether the owner has let go of it. A call that was in progress then may still keep it open.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>The descriptor's number. It lives inside one call; the owner must outlive that call.</summary>
    public int Number => (int)handle;

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    // close(2): on Linux the descriptor is gone even when the call says EINTR, so it is never retried.
    protected override bool ReleaseHandle() => Sys.Close((int)handle).IsOk;

    public override string ToString() => IsClosed ? "fd closed" : $"fd {handle}";
}
