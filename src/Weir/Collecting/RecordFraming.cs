namespace Weir;

/// <summary>What a record is: where one ends in a stream, and how it is told from the next in the output.</summary>
public enum RecordFraming
{
    /// <summary>Whole lines, each with its newline; a datagram that lacks one gets it.</summary>
    Lines,

    /// <summary>Every datagram or message on its own. A byte stream has each behind its length, <c>LEN SP BYTES</c> (RFC 6587, 3.4.1).</summary>
    Datagrams,

    /// <summary>Bytes as they come; what different peers send at the same time may mix.</summary>
    Raw,
}
