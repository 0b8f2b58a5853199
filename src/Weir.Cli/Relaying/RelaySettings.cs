namespace Weir.Cli.Relaying;

/// <summary>What <c>weir relay</c> was asked for.</summary>
internal sealed record RelaySettings
{
    /// <summary>Ends, balance and limits; loops and events are the session's.</summary>
    public required RelayOptions Relay { get; init; }

    /// <summary>0 is one per core.</summary>
    public int Loops { get; init; }

    public LoopEngine Engine { get; init; }

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool Json { get; init; }

    /// <summary>Why these cannot be relayed, null when they can.</summary>
    public string? Problem
    {
        get
        {
            RelayEndpoint? single = Relay.To.FirstOrDefault(endpoint => endpoint.Kind != RelayEndpointKind.Url);
            if (Relay.To.Count > 1 && single is not null)
                return $"{single} cannot be one of several destinations; only URLs can";
            if (Relay.From.Kind == RelayEndpointKind.StandardStreams && single?.Kind == RelayEndpointKind.StandardStreams)
                return "- on both sides; one of them has to be something else";
            if (Relay.TakesProxyHeader && Relay.From.Kind != RelayEndpointKind.Url)
                return $"--proxy-protocol-in: {Relay.From} has no clients that could begin with a header; listen on a URL";
            if (Relay.SendsProxyHeader != ProxyProtocol.None && single is not null)
                return $"--proxy-protocol-out: {single} takes no header; connect to a URL";
            if (Relay.HandoverPath is not null && Relay.From.Kind != RelayEndpointKind.Url)
                return $"--handover needs a URL to listen on; {Relay.From} has no listener";
            bool hasCommand = Relay.To.Append(Relay.From).Any(endpoint => endpoint.Kind == RelayEndpointKind.Command);
            return Relay.UsesTerminal && !hasCommand ? "--pty: there is no command that could have a terminal; use exec:COMMAND" : null;
        }
    }

    /// <summary>Whether standard output carries the relay's bytes, and nothing else may be written there.</summary>
    public bool UsesStandardOutput =>
        Relay.To.Append(Relay.From).Any(endpoint => endpoint.Kind == RelayEndpointKind.StandardStreams);
}
