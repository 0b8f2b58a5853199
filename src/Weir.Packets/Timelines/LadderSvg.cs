using Weir.Packets.Timelines.Drawing;

namespace Weir.Packets.Timelines;

/// <summary>
/// Draws a timeline as one SVG file that needs nothing else: dark or light as the reader's browser is, its text can be selected and searched, and
/// a pointer that rests on something is told all about it. Arrows fall as much as segments took time; idle times are shortened, and say so.
/// <para>
/// The file has a size, so that text is never shrunk. To let a page scroll it instead:
/// <c>&lt;div style="overflow-x:auto"&gt;&lt;img src="ladder.svg" style="max-width:none"&gt;&lt;/div&gt;</c>.
/// Several may be written into one page: names and styles of each are its own.
/// </para>
/// </summary>
public static class LadderSvg
{
    /// <summary>The most events that are drawn; the file says how many are left out.</summary>
    public const int MaxEvents = 2_000;

    /// <summary>The most letters of a label; the rest is shown under the pointer.</summary>
    public const int MaxLabelLetters = 80;

    /// <summary>Draws a timeline.</summary>
    /// <param name="timeline">What to draw.</param>
    /// <param name="maxEvents">At most <see cref="MaxEvents"/>.</param>
    public static string Draw(Timeline timeline, int maxEvents = MaxEvents)
    {
        ArgumentNullException.ThrowIfNull(timeline);
        return new SvgLadder(new SvgLayout(timeline, Math.Clamp(maxEvents, 0, MaxEvents))).Draw();
    }
}
