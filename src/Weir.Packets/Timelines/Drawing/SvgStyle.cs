namespace Weir.Packets.Timelines.Drawing;

/// <summary>The style sheet inside an SVG ladder, for a light and a dark page. It holds for that drawing alone, though a page have others in it.</summary>
internal static class SvgStyle
{
    private const string Drawing = "§";

    private const string Sheet =
        """
        <style>
        §{color-scheme:light dark;--page:#fff;--ink:#1d2733;--soft:#5c6874;--rule:#c9d1d9;--wire:#34506b;--again:#a84a00;--lost:#c0261b;--bar:#cddff0;--state:#22663a;--pill:#e9f5ec;--head:#eef3f8}
        @media (prefers-color-scheme:dark){§{--page:#12181f;--ink:#e6ebf0;--soft:#98a5b1;--rule:#3a4653;--wire:#8fb4d9;--again:#f2a65a;--lost:#ff8577;--bar:#2c4863;--state:#7fcc97;--pill:#17281d;--head:#1c2a38}}
        §{background:var(--page)}
        § text{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:12px;fill:var(--ink);white-space:pre}
        § .title{font-family:system-ui,"DejaVu Sans",sans-serif;font-size:17px;font-weight:600}
        § .name{font-size:13px;font-weight:600}§ .soft{fill:var(--soft)}§ .time{fill:var(--soft);font-size:11px}
        § .over{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
        § .again{fill:var(--again)}§ .lost{fill:var(--lost)}§ .remark{font-weight:600}
        § .page{fill:var(--page)}§ .head{fill:var(--head);stroke:var(--wire);stroke-width:1.2}
        § .life{stroke:var(--wire);stroke-width:1.4}§ .axis{stroke:var(--rule);stroke-width:1}
        § .way{stroke:var(--wire);stroke-width:1.5;fill:none}§ .tip{fill:var(--wire)}
        § .way.r{stroke:var(--again);stroke-width:2.2}§ .tip.r{fill:var(--again)}
        § .way.l{stroke:var(--lost)}§ .way.h{stroke-dasharray:6 4}
        § .bar{fill:var(--bar);stroke:var(--wire);stroke-width:1}
        § .pill{fill:var(--pill);stroke:var(--state);stroke-width:1}§ .state{fill:var(--state);font-size:11px;font-weight:600}
        </style>
        """;

    /// <param name="id">Of the drawing's outermost element.</param>
    public static string SheetOf(string id) => Sheet.Replace(Drawing, $"#{id}", StringComparison.Ordinal);
}
