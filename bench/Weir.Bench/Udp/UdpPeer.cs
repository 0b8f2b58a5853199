namespace Weir.Bench;

/// <summary>A sender and a receiver of datagrams, one program.</summary>
internal sealed record UdpPeer(string Name, string Description, string[] Program)
{
    /// <summary>Takes part with segmentation offload as well.</summary>
    public bool HasOffload { get; init; }

    /// <summary>Takes part without segmentation offload.</summary>
    public bool HasPlain { get; init; } = true;

    /// <summary>Further words of its command line.</summary>
    public string[] Extra { get; init; } = [];

    /// <summary>The file that has to be there before the peer can run.</summary>
    public string File => Program[^1];

    public string[] CommandFor(string role, string url, bool offload, IEnumerable<string> measuring) =>
        [.. Program, role, url, .. Extra, .. offload ? ["--offload"] : Array.Empty<string>(), .. measuring];
}

/// <summary>What runs once in a round: a peer, with or without offload.</summary>
internal sealed record UdpLane(UdpPeer Peer, bool Offload);
