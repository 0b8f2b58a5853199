using System.Globalization;

namespace Weir.Cli.Output;

/// <summary>Numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Three digits and a binary unit: <c>48 KiB</c>, <c>1.25 MiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        // From here on it would be rounded to 1024.
        for (; bytes >= 1023.5 && unit < s_units.Length - 1; unit++)
            bytes /= 1024;
        string digits = unit == 0 || bytes >= 100 ? "F0" : bytes >= 10 ? "0.#" : "0.##";
        return $"{bytes.ToString(digits, CultureInfo.InvariantCulture)} {s_units[unit]}";
    }

    /// <summary><c>1 connection</c>, <c>2 connections</c>.</summary>
    public static string Connections(long count) => count == 1 ? "1 connection" : $"{Count(count)} connections";

    /// <summary><c>1 listener</c>, <c>2 listeners</c>.</summary>
    public static string Listeners(long count) => count == 1 ? "1 listener" : $"{Count(count)} listeners";

    /// <summary><c>1 record</c>, <c>2 records</c>.</summary>
    public static string Records(long count) => count == 1 ? "1 record" : $"{Count(count)} records";

    /// <summary>Whole, with separators: <c>12,345</c>.</summary>
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
