using System.Globalization;
using Weir.Sockets;

namespace Weir.Cli.Capturing;

/// <summary>When a capture goes on in a new file: after so many bytes, or so long a time. Zero is never.</summary>
internal readonly record struct Rotation(long Bytes, TimeSpan Time)
{
    private const int MaxDays = 365;

    public bool IsNever => Bytes == 0 && Time == TimeSpan.Zero;

    /// <summary>Reads <c>100M</c> or <c>60s</c>, <c>5min</c>, <c>1h</c>.</summary>
    public static bool TryParse(string text, out Rotation rotation)
    {
        rotation = default;
        if (ByteCount.TryParse(text, out long bytes) && bytes >= 4096)
        {
            rotation = new Rotation(bytes, TimeSpan.Zero);
            return true;
        }

        (string unit, int seconds)[] units = [("min", 60), ("s", 1), ("h", 3600)];
        foreach ((string unit, int seconds) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number > 0 && (long)number * seconds <= MaxDays * 24L * 3600)
            {
                rotation = new Rotation(0, TimeSpan.FromSeconds((double)number * seconds));
                return true;
            }
        }

        return false;
    }
}
