namespace Weir.Inspect.Tracing;

/// <summary>A socket of a traced command, as it was noted with a flow.</summary>
/// <param name="Cookie">Of the socket that began the flow: of a listener, where the flow was accepted.</param>
/// <param name="LastCookie">Of the socket that had the flow's last packet.</param>
/// <param name="LastSeenNs">When that was: CLOCK_MONOTONIC.</param>
/// <param name="CreatedNs">When the first one was created, by the same clock.</param>
/// <param name="ClosedNs">When the first one was closed, by the same clock; 0 before.</param>
/// <param name="ProcessId">Who created the first one; 0 when that is forgotten.</param>
/// <param name="Name">What that process was called then.</param>
internal readonly record struct TracedSocket(ulong Cookie, ulong LastCookie, long LastSeenNs, long CreatedNs, long ClosedNs, int ProcessId, string Name);
