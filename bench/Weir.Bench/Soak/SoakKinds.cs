namespace Weir.Bench;

/// <summary>What a connection asks the server to do with it; the first byte of each connection.</summary>
internal enum SoakHandler
{
    /// <summary>Sends back what it reads, as it reads it.</summary>
    Echo,

    /// <summary>Takes a little at a time, and waits between, so that its input fills.</summary>
    SlowReader,

    /// <summary>Answers some milliseconds later, and holds what it has read until then.</summary>
    Later,

    /// <summary>Echoes so many bytes and throws.</summary>
    Throws,

    /// <summary>Echoes so many bytes and resets the connection.</summary>
    Aborts,

    /// <summary>Echoes so many bytes, ends its own stream and reads on to the client's end.</summary>
    HalfCloses,
}

/// <summary>How a client's connection ends.</summary>
internal enum SoakEnd
{
    /// <summary>Closes when every byte is back.</summary>
    Close,

    /// <summary>Ends its own stream and reads to the server's end.</summary>
    HalfClose,

    /// <summary>Sends without reading for a while, so that the server's send buffer fills; then as <see cref="HalfClose"/>.</summary>
    Stall,

    /// <summary>Resets, at any moment.</summary>
    Reset,

    /// <summary>Never reads and closes: the kernel resets, because what has come was not read.</summary>
    CloseUnread,

    /// <summary>Reads all along, and closes in the middle of what it wanted to send.</summary>
    Vanish,

    /// <summary>Connects, sends nothing, closes or resets some time later.</summary>
    Silent,

    /// <summary>A hundred connections that are opened and closed at once.</summary>
    Burst,
}
