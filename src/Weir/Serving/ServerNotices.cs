namespace Weir;

/// <summary>Passes events on. What lasts is said once, and again when it had been away for a minute.</summary>
internal sealed class ServerNotices(Action<ServerEvent>? sink, TimeProvider time)
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(ServerEventKind Kind, Type? Exception), long> _lastSeen = [];

    public void Report(ServerEventKind kind, string message, Exception? exception = null)
    {
        if (sink is not null && IsNews((kind, exception?.GetType())))
            sink(new ServerEvent(kind, message, exception));
    }

    private bool IsNews((ServerEventKind Kind, Type? Exception) what)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            bool known = _lastSeen.TryGetValue(what, out long last);
            _lastSeen[what] = now;
            return !known || time.GetElapsedTime(last, now) > s_silence;
        }
    }
}
