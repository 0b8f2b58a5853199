namespace Weir.Packets.Summaries;

/// <summary>How a line tells when its packet came.</summary>
public enum SummaryTime
{
    /// <summary><c>12:00:01.000123</c>.</summary>
    Clock,

    /// <summary><c>2026-03-01 12:00:01.000123</c>.</summary>
    Date,

    /// <summary>Seconds since the first packet.</summary>
    SinceFirst,

    /// <summary>Seconds since the packet before.</summary>
    SincePrevious,

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    Epoch,
    None,
}

/// <summary>What a packet's line shows.</summary>
public sealed record SummaryOptions
{
    public SummaryTime Time { get; init; } = SummaryTime.Clock;

    /// <summary>Of the clock and the date.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Shows nine digits of a second instead of six.</summary>
    public bool Nanoseconds { get; init; }

    /// <summary>Shows the link addresses of every Ethernet frame.</summary>
    public bool LinkAddresses { get; init; }

    /// <summary>Shows the values of TCP's timestamps, hop limits, and the numbers of streams.</summary>
    public bool Details { get; init; }

    /// <summary>Shows TCP's sequence numbers as they stand in the header.</summary>
    public bool AbsoluteNumbers { get; init; }

    /// <summary>The names of interfaces by their index, for captures on every interface; null shows none.</summary>
    public IReadOnlyDictionary<int, string>? InterfaceNames { get; init; }
}
