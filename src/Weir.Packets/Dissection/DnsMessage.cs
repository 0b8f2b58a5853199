namespace Weir.Packets.Dissection;

/// <summary>A message of DNS (RFC 1035), mDNS or LLMNR.</summary>
public sealed record DnsMessage
{
    public required int Id { get; init; }

    public required bool IsResponse { get; init; }

    /// <summary>0 query, 2 status, 4 notify, 5 update.</summary>
    public required int Opcode { get; init; }

    public bool IsAuthoritative { get; init; }

    /// <summary>The answer did not fit; ask again over TCP.</summary>
    public bool IsTruncated { get; init; }

    public bool RecursionDesired { get; init; }

    public bool RecursionAvailable { get; init; }

    public required DnsResponseCode ResponseCode { get; init; }

    public IReadOnlyList<DnsQuestion> Questions { get; internal set; } = [];

    public IReadOnlyList<DnsRecord> Answers { get; internal set; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; internal set; } = [];

    public IReadOnlyList<DnsRecord> Additionals { get; internal set; } = [];
}

public enum DnsResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,

    /// <summary>The name does not exist: NXDOMAIN.</summary>
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>What is asked for. A name has no final dot, but the root is one, and shows bytes that are no letters as <c>\DDD</c>.</summary>
public readonly record struct DnsQuestion(string Name, DnsType Type, int Class);

/// <summary>A record of an answer.</summary>
/// <param name="DataBytes">How long the data are.</param>
/// <param name="Data">The data as text where their type is known: <c>10 mail.example.com</c> of MX; else null.</param>
public readonly record struct DnsRecord(string Name, DnsType Type, int Class, uint TimeToLiveSeconds, int DataBytes, string? Data);
