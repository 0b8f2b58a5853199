namespace Weir;

/// <summary>How a connection is made.</summary>
public sealed record ConnectorOptions
{
    public static ConnectorOptions Default { get; } = new();

    /// <summary>For all addresses of the URL together. The kernel itself gives up after about two minutes (net.ipv4.tcp_syn_retries).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>The loops that the connection may live on; null for the process's own.</summary>
    public LoopGroup? Loops { get; init; }
}
