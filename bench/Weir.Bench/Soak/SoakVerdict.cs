namespace Weir.Bench;

/// <summary>Whether what a client met is what its plan leads to. Null is right, else it says what is wrong.</summary>
internal static class SoakVerdict
{
    /// <summary>The server's end of stream came.</summary>
    public static string? OnEnd(SoakPlan plan, SoakScheme scheme, long receivedBytes, bool hasEndedStream)
    {
        if (!plan.IsCutByServer)
        {
            if (!hasEndedStream)
                return $"the server ended its stream after {receivedBytes} of {plan.TotalBytes} bytes, before the client did";
            return receivedBytes == plan.TotalBytes ? null : $"an end after {receivedBytes} of {plan.TotalBytes} bytes";
        }

        // An abort of a unix socket is an end, as the kernel knows no reset there.
        if (plan.Handler != SoakHandler.HalfCloses)
            return scheme == SoakScheme.Unix ? OfAtMost(plan, receivedBytes) : $"an end where a reset was due, after {receivedBytes} bytes";
        return receivedBytes == plan.AmountBytes ? null : $"an end after {receivedBytes} bytes, due after {plan.AmountBytes}";
    }

    /// <summary>A call said that the connection is reset, or that nobody reads any more.</summary>
    public static string? OnReset(SoakPlan plan, long receivedBytes) =>
        plan.IsCutByServer && plan.Handler != SoakHandler.HalfCloses
            ? OfAtMost(plan, receivedBytes)
            : $"reset after {receivedBytes} of {plan.EchoedBytes} bytes";

    /// <summary>Bytes came that were right, but perhaps too many.</summary>
    public static string? OnBytes(SoakPlan plan, long receivedBytes) => OfAtMost(plan, receivedBytes);

    // What a reset overtakes is lost; more than was asked for may never come.
    private static string? OfAtMost(SoakPlan plan, long receivedBytes) =>
        receivedBytes <= plan.EchoedBytes ? null : $"{receivedBytes} bytes came back, due were {plan.EchoedBytes}";
}

internal enum SoakScheme
{
    Tcp,
    Unix,
}
