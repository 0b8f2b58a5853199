namespace Weir;

/// <summary>The limits and habits of a message channel.</summary>
public sealed record MessageOptions
{
    public static MessageOptions Default { get; } = new();

    /// <summary>The loops to live on; null for the process's own. Only for channels that connect.</summary>
    public LoopGroup? Loops { get; init; }

    /// <summary>The longest message that is received whole; longer ones are cut and say so. 1 to 16 MiB. The sender's <c>sndbuf</c> limits it too.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>A channel on which nothing moves in either direction for this long is closed. Infinite by default.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    internal void ThrowIfInvalid(string parameter)
    {
        if (MaxMessageBytes is < 1 or > 16 * 1024 * 1024)
            throw new ArgumentException($"MaxMessageBytes is {MaxMessageBytes}; it has to be from 1 to 16,777,216.", parameter);
        if (IdleTimeout <= TimeSpan.Zero && IdleTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("IdleTimeout has to be more than 0, or infinite.", parameter);
    }
}
