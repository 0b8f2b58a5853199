using System.Text;

namespace Weir.Packets.Timelines.Drawing;

/// <summary>Puts SVG elements together. All text is escaped here, whoever it comes from.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>Markup of our own.</summary>
    public SvgText Raw(string markup)
    {
        _text.Append(markup).Append('\n');
        return this;
    }

    public void Line(string style, double x1, double y1, double x2, double y2) =>
        Raw($"<line class=\"{style}\" x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"/>");

    public void Box(string style, double x, double y, double width, double height, double radius = 0) =>
        Raw($"<rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"{(radius > 0 ? $" rx=\"{N(radius)}\"" : "")}/>");

    public void Path(string style, string data) => Raw($"<path class=\"{style}\" d=\"{data}\"/>");

    /// <param name="anchor">start, middle or end.</param>
    /// <param name="remark">More text behind it, in its own style.</param>
    /// <param name="slope">By how much it falls to the right.</param>
    public void Text(
        string style, double x, double y, string text, string anchor = "start", string remark = "", string remarkStyle = "", double slope = 0)
    {
        string more = remark.Length == 0 ? "" : $"<tspan class=\"{remarkStyle}\" dx=\"{(text.Length > 0 ? "10" : "0")}\">{Escape(remark)}</tspan>";
        string align = anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";
        string turn = slope == 0 ? "" : $" transform=\"rotate({Math.Atan(slope) * 180 / Math.PI:0.##} {N(x)} {N(y)})\"";
        Raw($"<text class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\"{align}{turn}>{Escape(text)}{more}</text>");
    }

    /// <summary>Begins a group that says more under the pointer.</summary>
    public void Open(string title) => Raw($"<g><title>{Escape(title)}</title>");

    public void Close() => Raw("</g>");

    public static string N(double number) => number.ToString("0.#");

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in EventText.Clean(text, MaxLetters))
        {
            _ = letter switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    private const int MaxLetters = 1000;
}
