using Microsoft.Extensions.Logging;

namespace Weir.Kestrel;

/// <summary>What happens to connections has the event names and the words of ASP.NET Core's own transport, so that what looks for them finds them.</summary>
internal static partial class TransportLog
{
    public const string Category = "Weir.Kestrel";

    [LoggerMessage(1, LogLevel.Information, "Weir carries the connections: {Count} {Loops} on {Engine}, the application runs {Where}")]
    public static partial void Started(ILogger log, int count, string loops, string engine, string where);

    [LoggerMessage(2, LogLevel.Warning, "A handler holds {Loop} for more than {Milliseconds} ms, and {Connections} connections wait; use thread-pool scheduling")]
    public static partial void LoopStalled(ILogger log, string loop, long milliseconds, int connections);

    [LoggerMessage(3, LogLevel.Warning, "accept {Listener}: {Errno}; {Advice}")]
    public static partial void AcceptPaused(ILogger log, string listener, string errno, string advice);

    [LoggerMessage(13, LogLevel.Warning, "{Refusal}")]
    public static partial void EngineRefused(ILogger log, string refusal);

    public static void ReceivedFin(ILogger log, WeirConnection connection)
    {
        // A connection has no identity until somebody asks for it.
        if (log.IsEnabled(LogLevel.Debug))
            ReceivedFin(log, connection.ConnectionId);
    }

    public static void SentFin(ILogger log, WeirConnection connection, string reason)
    {
        if (log.IsEnabled(LogLevel.Debug))
            SentFin(log, connection.ConnectionId, reason);
    }

    public static void SentReset(ILogger log, WeirConnection connection, string reason)
    {
        if (log.IsEnabled(LogLevel.Debug))
            SentReset(log, connection.ConnectionId, reason);
    }

    public static void Reset(ILogger log, WeirConnection connection)
    {
        if (log.IsEnabled(LogLevel.Debug))
            Reset(log, connection.ConnectionId);
    }

    public static void Paused(ILogger log, WeirConnection connection)
    {
        if (log.IsEnabled(LogLevel.Debug))
            Paused(log, connection.ConnectionId);
    }

    public static void Resumed(ILogger log, WeirConnection connection)
    {
        if (log.IsEnabled(LogLevel.Debug))
            Resumed(log, connection.ConnectionId);
    }

    [LoggerMessage(7, LogLevel.Debug, @"Connection id ""{ConnectionId}"" communication error.", EventName = "ConnectionError")]
    public static partial void Failed(ILogger log, string connectionId, Exception exception);

    [LoggerMessage(8, LogLevel.Error, @"Connection id ""{ConnectionId}"": a callback of ConnectionClosed threw.")]
    public static partial void ClosedCallbackFailed(ILogger log, string connectionId, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "A connection could not be set up.")]
    public static partial void OpenFailed(ILogger log, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, @"Connection id ""{ConnectionId}"" received FIN.", EventName = "ConnectionReadFin", SkipEnabledCheck = true)]
    private static partial void ReceivedFin(ILogger log, string connectionId);

    [LoggerMessage(5, LogLevel.Debug, @"Connection id ""{ConnectionId}"" reset.", EventName = "ConnectionReset", SkipEnabledCheck = true)]
    private static partial void Reset(ILogger log, string connectionId);

    [LoggerMessage(6, LogLevel.Debug, @"Connection id ""{ConnectionId}"" sending RST because: ""{Reason}""", EventName = "ConnectionWriteRst", SkipEnabledCheck = true)]
    private static partial void SentReset(ILogger log, string connectionId, string reason);

    [LoggerMessage(10, LogLevel.Debug, @"Connection id ""{ConnectionId}"" sending FIN because: ""{Reason}""", EventName = "ConnectionWriteFin", SkipEnabledCheck = true)]
    private static partial void SentFin(ILogger log, string connectionId, string reason);

    [LoggerMessage(11, LogLevel.Debug, @"Connection id ""{ConnectionId}"" paused.", EventName = "ConnectionPause", SkipEnabledCheck = true)]
    private static partial void Paused(ILogger log, string connectionId);

    [LoggerMessage(12, LogLevel.Debug, @"Connection id ""{ConnectionId}"" resumed.", EventName = "ConnectionResume", SkipEnabledCheck = true)]
    private static partial void Resumed(ILogger log, string connectionId);
}
