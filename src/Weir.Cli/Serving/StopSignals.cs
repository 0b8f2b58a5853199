using System.Runtime.InteropServices;

namespace Weir.Cli.Serving;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP (the terminal was closed): the first asks to stop, the second not to wait. A command that writes a file
/// may take SIGHUP for opening it again.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action? _onHangUp;

    /// <param name="onHangUp">What SIGHUP does instead of asking to stop.</param>
    public StopSignals(Action? onHangUp = null)
    {
        _onHangUp = onHangUp;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
    }

    public Task First => _first.Task;

    public Task Second => _second.Task;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGHUP && _onHangUp is not null)
            _onHangUp();
        else if (!_first.TrySetResult())
            _second.TrySetResult();
    }
}
