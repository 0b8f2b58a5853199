namespace Weir.Packets.Analysis;

/// <summary>How far a stream had come with its last packet.</summary>
public enum StreamEnding
{
    /// <summary>The handshake was not answered, or not completed.</summary>
    NotEstablished,

    /// <summary>Neither end has closed.</summary>
    Open,

    /// <summary>One end has closed its direction.</summary>
    HalfClosed,

    /// <summary>Both ends have, but not all of it was acknowledged.</summary>
    Closing,

    /// <summary>Both have, and both know.</summary>
    Closed,

    /// <summary>The first SYN was answered with a reset.</summary>
    Refused,

    Reset,
}
