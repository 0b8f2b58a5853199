using Weir.Collecting;
using Weir.Sockets;

namespace Weir;

/// <summary>Where a collector listens, where its records go, and its limits.</summary>
public sealed record CollectorOptions
{
    /// <summary>Where to listen. At least one.</summary>
    public required IReadOnlyList<SocketUrl> Urls { get; init; }

    /// <summary>A file to append to, made with mode 0640 less the umask. Without file and <see cref="TargetUrl"/>: standard output.</summary>
    public string? FilePath { get; init; }

    /// <summary>Whom to send the records to. The connection is made again when it breaks.</summary>
    public SocketUrl? TargetUrl { get; init; }

    public RecordFraming Framing { get; init; }

    /// <summary>Longer lines are cut into pieces of this many bytes. 1 to 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 64 * 1024;

    /// <summary>Records that wait for the output, in bytes, before reading pauses; one record may exceed it.</summary>
    public int QueueBytes { get; init; } = 1024 * 1024;

    /// <summary>A record that would make the file larger than this begins a new one; 0 for never.</summary>
    public long RotateBytes { get; init; }

    /// <summary>Full files that are kept, as FILE.1, the newest, FILE.2 and so on. 1 to 9999.</summary>
    public int KeepFiles { get; init; } = 10;

    /// <summary>A peer that sends nothing for this long, while it could, is disconnected. Time in which reading pauses does not count.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Connections that are open at once. More wait in the kernel's queue until one closes.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>
    /// Where listeners are taken from the process before and offered to the next one: <see cref="ServerOptions.HandoverPath"/>. For a while
    /// both append to the file.
    /// </summary>
    public string? HandoverPath { get; init; }

    /// <summary>The loops to receive on; null for the process's own.</summary>
    public LoopGroup? Loops { get; init; }

    /// <summary>Gets what an operator should know. It must neither block nor throw.</summary>
    public Action<ServerEvent>? OnEvent { get; init; }

    internal void ThrowIfInvalid(string parameter)
    {
        if (FilePath is not null && TargetUrl is not null)
            throw new ArgumentException("Records go to a file or to a URL; both are given.", parameter);
        if (RotateBytes > 0 && FilePath is null)
            throw new ArgumentException("Only a file is rotated; FilePath is not given.", parameter);
        Require(MaxLineBytes is >= 1 and <= CountedRecords.MaxRecordBytes, nameof(MaxLineBytes), "from 1 to 1 MiB");
        Require(QueueBytes >= 1, nameof(QueueBytes), "1 or more");
        Require(RotateBytes >= 0, nameof(RotateBytes), "0 or more");
        Require(KeepFiles is >= 1 and <= 9999, nameof(KeepFiles), "from 1 to 9999");
        Require(IdleTimeout == Timeout.InfiniteTimeSpan || IdleTimeout > TimeSpan.Zero, nameof(IdleTimeout), "more than 0, or infinite");

        void Require(bool holds, string name, string expected)
        {
            if (!holds)
                throw new ArgumentException($"{name} has to be {expected}.", parameter);
        }
    }
}
