using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>How ASP.NET Core's connections are carried. Also read from the configuration's section <c>Weir</c>.</summary>
public sealed class WeirTransportOptions
{
    /// <summary>The configuration section that these options are read from.</summary>
    public const string SectionName = "Weir";

    /// <summary>How the loops learn what is ready.</summary>
    public LoopEngine Engine { get; set; }

    /// <summary>Event loops, each a thread; 0 is one per core. 0 to 1,024.</summary>
    public int Loops { get; set; }

    /// <summary>
    /// Where the application resumes after a read or a flush that waited. Inline saves the hop to the thread pool, and a handler that blocks
    /// then holds every connection of its loop.
    /// </summary>
    public LoopScheduling Scheduling { get; set; } = LoopScheduling.ThreadPool;

    /// <summary>How long one turn of a loop may last, with inline scheduling, before a warning names it.</summary>
    public TimeSpan StallThreshold { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Bytes that the application may leave unread on a connection before receiving stops; it goes on at half of it. Null or 0 is unlimited.
    /// </summary>
    public long? MaxReadBufferSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Bytes that flushes may leave unsent where another is likely to follow: while something is unread (pipelined requests, a body), or a read
    /// waits (HTTP/2, WebSockets). Up to here they are complete at once, and leave together; beyond, when all have left, as every other flush
    /// is. Null or 0 is unlimited.
    /// </summary>
    public long? MaxWriteBufferSize { get; set; } = 64 * 1024;

    /// <summary>Size of a receive buffer, the most that one receive takes. 2 KiB to 1 MiB.</summary>
    public int BlockSizeBytes { get; set; } = 16 * 1024;

    /// <summary>Connections that may wait for accept in the kernel, which caps it at net.core.somaxconn. 1 or more.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Whether accepted and outgoing TCP connections send small segments at once (TCP_NODELAY).</summary>
    public bool NoDelay { get; set; } = true;

    internal const int MaxLoops = 1024;
    internal const int MinBlockSizeBytes = 2 * 1024;
    internal const int MaxBlockSizeBytes = 1024 * 1024;

    internal ConnectionOptions ToConnectionOptions()
    {
        int high = Limit(MaxReadBufferSize);
        return new ConnectionOptions
        {
            ReceiveHighMarkBytes = high,
            ReceiveLowMarkBytes = high / 2,
            GatherHighMarkBytes = Limit(MaxWriteBufferSize),
            // A slow client gets what was flushed to it, however long it takes; Kestrel's shutdown has a limit of its own.
            DrainTimeout = Timeout.InfiniteTimeSpan,
        };

        static int Limit(long? size) => size is null or 0 ? int.MaxValue : (int)Math.Min(size.Value, int.MaxValue);
    }

    internal SocketUrl Complete(SocketUrl url, bool isListening)
    {
        if (url.Scheme.IsTcp() && NoDelay && !url.TryGetOption(SocketOptions.NoDelay, out bool _))
            url = url.With(SocketOptions.NoDelay, value: true);
        if (isListening && url.Scheme != SocketScheme.Fd && !url.TryGetOption(SocketOptions.Backlog, out int _))
            url = url.With(SocketOptions.Backlog, Backlog);
        return url;
    }

    internal void ThrowIfInvalid()
    {
        Require(Enum.IsDefined(Engine), nameof(Engine), "a member of LoopEngine");
        Require(Enum.IsDefined(Scheduling), nameof(Scheduling), "a member of LoopScheduling");
        Require(Loops is >= 0 and <= MaxLoops, nameof(Loops), "from 0 to 1,024");
        Require(MaxReadBufferSize is null or >= 0, nameof(MaxReadBufferSize), "0 or more, or null");
        Require(BlockSizeBytes is >= MinBlockSizeBytes and <= MaxBlockSizeBytes, nameof(BlockSizeBytes), "from 2,048 to 1,048,576");
        Require(StallThreshold == Timeout.InfiniteTimeSpan || StallThreshold > TimeSpan.Zero, nameof(StallThreshold), "more than 0, or infinite");
        Require(MaxWriteBufferSize is null or >= 0, nameof(MaxWriteBufferSize), "0 or more, or null");
        Require(Backlog >= 1, nameof(Backlog), "1 or more");

        static void Require(bool holds, string name, string expected)
        {
            if (!holds)
                throw new InvalidOperationException($"{nameof(WeirTransportOptions)}.{name} has to be {expected}.");
        }
    }
}
