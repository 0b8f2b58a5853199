namespace Weir.Packets.Timelines;

/// <summary>How a ladder is drawn in a terminal.</summary>
public sealed record LadderTextOptions
{
    /// <summary>How wide it may be; many participants need more.</summary>
    public int WidthColumns { get; init; } = 100;

    /// <summary>Without characters that an old terminal or a log lacks.</summary>
    public bool UseAscii { get; init; }

    /// <summary>With the terminal's colours.</summary>
    public bool UseColor { get; init; }

    /// <summary>The most events that are drawn; a last line counts the others.</summary>
    public int MaxEvents { get; init; } = 10_000;
}
