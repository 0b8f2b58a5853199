namespace Weir.Wire;

/// <summary>How a <see cref="ScriptedEndpoint"/> begins.</summary>
public sealed record ScriptedEndpointOptions
{
    /// <summary>What drawings call it, as of <see cref="HostNetwork.AddHost"/>; null for peer, peer2 and so on.</summary>
    public string? Name { get; init; }

    /// <summary>Its own port.</summary>
    public int Port { get; init; } = 80;

    /// <summary>Its initial sequence number; the script counts from it, so that its SYN is 0.</summary>
    public uint InitialSequence { get; init; } = 1_000_000;

    /// <summary>How long an expectation waits when it does not say, and how long sending waits for room.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of the wire.</summary>
    public WireOptions Wire { get; init; } = new();
}
