using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Weir.Sockets;

namespace Weir.Cli.Parsing;

/// <summary>The kinds of values that options take: each says in one line what it expects.</summary>
internal static class OptionValues
{
    // Far below what .NET's timers can wait for, which is 49 days.
    private const int MaxSeconds = 30 * 24 * 3600;

    /// <summary>A whole number; null when the option is not given.</summary>
    public static Option<int?> Count(string name, int minimum, int maximum, string description) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result => Parse<int>(result, $"a whole number from {minimum} to {maximum}", text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= minimum && value <= maximum
                ? value
                : null),
    };

    /// <summary>A number of bytes, with k, M or G for 1024s; null when the option is not given.</summary>
    public static Option<long?> Bytes(string name, long minimum, long maximum, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result => Parse<long>(
            result, $"bytes from {ByteCount.Format(minimum)} to {ByteCount.Format(maximum)}, such as {ByteCount.Examples}", text =>
                ByteCount.TryParse(text, out long bytes) && bytes >= minimum && bytes <= maximum ? bytes : null),
    };

    /// <summary>A time in seconds, fractions allowed.</summary>
    public static Option<double> Seconds(string name, double byDefault, string description) => new(name)
    {
        Description = description,
        HelpName = "seconds",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse<double>(result, $"seconds from 0 to {MaxSeconds}", text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= MaxSeconds
                ? seconds
                : null),
    };

    /// <summary>One of the names of an enumeration, in lower case; the first one when the option is not given.</summary>
    public static Option<T> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(choice => choice.ToLowerInvariant())];
        var option = new Option<T>(name)
        {
            Description = $"{description} [default: {names[0]}]",
            HelpName = string.Join('|', names),
            CustomParser = result => Parse<T>(result, $"one of {string.Join(", ", names)}", text =>
                names.Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true) : null),
        };
        option.CompletionSources.Add(names);
        return option;
    }

    private static T Parse<T>(ArgumentResult result, string expected, Func<string, T?> parse)
        where T : struct
    {
        string text = result.Tokens[0].Value;
        if (parse(text) is { } value)
            return value;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {text}: expected {expected}");
        return default;
    }
}
