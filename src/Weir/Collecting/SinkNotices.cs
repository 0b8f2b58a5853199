namespace Weir.Collecting;

/// <summary>Tells that an output takes nothing, once, and that it goes on, once.</summary>
internal sealed class SinkNotices(Action<ServerEvent>? report, Func<long> waitingBytes, int limitBytes)
{
    private const int BytesPerKiB = 1024;

    private bool _isWaiting;

    /// <param name="what">The call, what it was about, and its error.</param>
    /// <param name="until">What is waited for: <c>until there is room</c>.</param>
    public void Waits(string what, string until)
    {
        if (_isWaiting)
            return;
        _isWaiting = true;
        report?.Invoke(new ServerEvent(
            ServerEventKind.OutputWaits, $"{what}; {KiB(waitingBytes())} KiB wait {until}, and reading pauses at {KiB(limitBytes)} KiB"));
    }

    public void GoesOn(string what)
    {
        if (!_isWaiting)
            return;
        _isWaiting = false;
        report?.Invoke(new ServerEvent(ServerEventKind.OutputGoesOn, $"{what}: goes on"));
    }

    public void Tell(ServerEventKind kind, string message) => report?.Invoke(new ServerEvent(kind, message));

    private static long KiB(long bytes) => (bytes + BytesPerKiB - 1) / BytesPerKiB;
}
