using System.CommandLine;
using System.Globalization;

namespace Weir.Bench;

/// <summary>What the subcommands have in common.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "One JSON object, every run included" };

    public static Option<string?> PeersOf(IEnumerable<string> names) =>
        new("--peers") { Description = $"Some of {string.Join(",", names)}" };

    /// <summary>All when none is named.</summary>
    public static IReadOnlyList<T> SelectPeers<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string? names) =>
        Select("--peers", all, nameOf, names);

    /// <summary>All when none is named.</summary>
    public static IReadOnlyList<T> Select<T>(string option, IReadOnlyList<T> all, Func<T, string> nameOf, string? names)
    {
        if (names is null)
            return all;
        string[] wanted = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? unknown = wanted.FirstOrDefault(name => !all.Any(peer => nameOf(peer) == name));
        if (unknown is not null)
            throw new BenchException($"{option} {unknown}: unknown; known are {string.Join(", ", all.Select(nameOf))}");
        return [.. wanted.Distinct().Select(name => all.First(peer => nameOf(peer) == name))];
    }

    public static IReadOnlyList<int> ParseCounts(string option, string text) =>
    [
        .. text.Split(',').Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new BenchException($"{option} {text}: expected numbers above zero, separated by commas")),
    ];

    public static void RequireReleaseBuild(bool quick)
    {
        if (!quick && Repository.Configuration != "release")
            throw new BenchException("a debug build measures nothing; run with -c Release, or try things out with --quick");
    }

    public static async Task<int> ReportingErrors(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (BenchException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return error.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return BenchException.Wrong;
        }
    }
}
