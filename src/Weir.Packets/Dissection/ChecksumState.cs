namespace Weir.Packets.Dissection;

public enum ChecksumState
{
    /// <summary>Not asked for, or not all bytes are there.</summary>
    NotVerified,
    Correct,
    Wrong,

    /// <summary>The sender left it out, as UDP over IPv4 may.</summary>
    Absent,
}
