namespace Weir.Packets.Dissection;

/// <summary>What is looked at more closely than usual.</summary>
public sealed record DissectionOptions
{
    internal static DissectionOptions Default { get; } = new();

    /// <summary>
    /// Compares the checksums of TCP and UDP. Off unless asked for: a frame that was captured before its network card filled them in carries
    /// partial ones, which are not wrong. Those of IPv4 headers and ICMP are always compared.
    /// </summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>UDP and TCP ports whose payload is read as DNS, unless it cannot be; those of DNS, mDNS and LLMNR unless set.</summary>
    public IReadOnlyList<int> DnsPorts { get; init; } = [53, 5353, 5355];
}
