using Weir.Linux;

namespace Weir.Sockets;

/// <summary>Keeps descriptors open while their numbers are in a message, so that a close on another thread sends no stranger's (SCM_RIGHTS).</summary>
internal ref struct HeldDescriptors : IDisposable
{
    private readonly IReadOnlyList<SafeFd> _descriptors;
    private int _held;

    /// <param name="descriptors">Open, and their owners' all the while.</param>
    /// <param name="numbers">Gets their numbers; as long as the list.</param>
    /// <exception cref="ObjectDisposedException">One is closed already.</exception>
    public HeldDescriptors(IReadOnlyList<SafeFd> descriptors, Span<int> numbers)
    {
        _descriptors = descriptors;
        try
        {
            for (; _held < numbers.Length; _held++)
            {
                SafeFd descriptor = descriptors[_held];
                ObjectDisposedException.ThrowIf(descriptor.IsDisposed, descriptor);
                bool isHeld = false;
                descriptor.DangerousAddRef(ref isHeld);
                numbers[_held] = descriptor.Number;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_held > 0)
            _descriptors[--_held].DangerousRelease();
    }
}
