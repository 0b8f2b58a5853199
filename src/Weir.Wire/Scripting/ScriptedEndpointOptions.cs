namespace Weir.Wire;

/// <summary>How a <see cref="ScriptedEndpoint"/> begins.</summary>
public sealed record ScriptedEndpointOptions
{
    /// <summary>Its own port.</summary>
    public int Port { get; init; } = 80;

    /// <summary>Its initial sequence number; the script counts from it, so that its SYN is 0.</summary>
    public uint InitialSequence { get; init; } = 1_000_000;

    /// <summary>How long an expectation waits when it does not say.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of the wire.</summary>
    public WireOptions Wire { get; init; } = new();
}
