using Microsoft.Extensions.Logging;

namespace Weir.Kestrel;

internal static partial class TransportLog
{
    public const string Category = "Weir.Kestrel";

    [LoggerMessage(1, LogLevel.Information, "Weir carries the connections: {Count} {Loops} on {Engine}, the application runs {Where}")]
    public static partial void Started(ILogger log, int count, string loops, string engine, string where);

    [LoggerMessage(2, LogLevel.Warning, "A handler holds {Loop} for more than {Milliseconds} ms, and {Connections} connections wait; use thread-pool scheduling")]
    public static partial void LoopStalled(ILogger log, string loop, long milliseconds, int connections);

    [LoggerMessage(3, LogLevel.Warning, "accept {Listener}: {Errno}; {Advice}")]
    public static partial void AcceptPaused(ILogger log, string listener, string errno, string advice);

    [LoggerMessage(4, LogLevel.Debug, @"Connection id ""{ConnectionId}"" received FIN.")]
    public static partial void ReceivedFin(ILogger log, string connectionId);

    [LoggerMessage(5, LogLevel.Debug, @"Connection id ""{ConnectionId}"" reset.")]
    public static partial void Reset(ILogger log, string connectionId);

    [LoggerMessage(6, LogLevel.Debug, @"Connection id ""{ConnectionId}"" aborted: ""{Reason}""")]
    public static partial void Aborted(ILogger log, string connectionId, string reason);

    [LoggerMessage(7, LogLevel.Debug, @"Connection id ""{ConnectionId}"" communication error.")]
    public static partial void Failed(ILogger log, string connectionId, Exception exception);

    [LoggerMessage(8, LogLevel.Error, @"Connection id ""{ConnectionId}"": a callback of ConnectionClosed threw.")]
    public static partial void ClosedCallbackFailed(ILogger log, string connectionId, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "A connection could not be set up.")]
    public static partial void OpenFailed(ILogger log, Exception exception);
}
