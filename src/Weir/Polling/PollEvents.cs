namespace Weir.Polling;

/// <summary>What a poller can be asked to watch and what it reports, with poll(2)'s values.</summary>
[Flags]
public enum PollEvents
{
    None = 0,
    Readable = 0x1,
    Priority = 0x2,
    Writable = 0x4,

    /// <summary>Reported without being asked for.</summary>
    Error = 0x8,

    /// <summary>Both directions are shut down. Reported without being asked for.</summary>
    HangUp = 0x10,

    /// <summary>The peer has shut down its sending direction.</summary>
    PeerFinished = 0x2000,
}
