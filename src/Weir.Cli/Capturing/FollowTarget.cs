using System.Globalization;

namespace Weir.Cli.Capturing;

/// <summary>Which conversation is followed: a protocol, and the number of its stream.</summary>
/// <param name="IsDatagrams">UDP's, otherwise TCP's.</param>
/// <param name="Asked">As it was asked for; null for the first.</param>
internal readonly record struct FollowTarget(bool IsDatagrams, long? Asked)
{
    /// <summary>What an error says of a text that names none.</summary>
    public const string Expected = "a stream's number, such as 3 or udp:3; a filter stands before --follow";

    public long Number => Asked ?? 0;

    public string Protocol => IsDatagrams ? "udp" : "tcp";

    /// <summary><c>3</c>, <c>tcp:3</c>, <c>udp:3</c>; a protocol alone is its first stream.</summary>
    public static bool TryParse(string text, out FollowTarget target)
    {
        string[] parts = text.Split(':', 2);
        bool isProtocol = parts[0] is "tcp" or "udp";
        target = new FollowTarget(parts[0] == "udp", Asked: null);
        if (isProtocol && parts.Length == 1)
            return true;
        bool isNumber = long.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        target = target with { Asked = number };
        return isNumber && isProtocol == (parts.Length == 2);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Protocol} stream {Number}");
}

/// <summary>How what is followed is written.</summary>
internal enum FollowOutput
{
    Text,
    Hex,

    /// <summary>The bytes alone, of both directions as they came.</summary>
    Raw,
    Json,
}
