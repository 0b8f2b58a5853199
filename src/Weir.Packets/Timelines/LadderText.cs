using Weir.Packets.Timelines.Drawing;

namespace Weir.Packets.Timelines;

/// <summary>
/// Draws a timeline for a terminal: a lifeline for each participant, an arrow for each segment, and beside the lifelines what the participant did.
/// Times are milliseconds since the first event.
/// </summary>
public static class LadderText
{
    /// <summary>Draws a timeline.</summary>
    public static void Write(TextWriter writer, Timeline timeline, LadderTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(timeline);
        options ??= new LadderTextOptions();
        new TextLadder(writer, timeline, options).Write();
    }

    /// <inheritdoc cref="Write"/>
    public static string Draw(Timeline timeline, LadderTextOptions? options = null)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(writer, timeline, options);
        return writer.ToString();
    }
}
