using System.Collections.Concurrent;
using Xunit;

namespace Weir.Testing;

/// <summary>A fact that is skipped, with the reason, where a command fails: tracing and namespaces are not permitted everywhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresCommandFactAttribute : FactAttribute
{
    private static readonly ConcurrentDictionary<string, string?> s_reasons = new();

    /// <param name="command">What has to succeed, words without quotes.</param>
    /// <param name="package">The Debian package that brings the program.</param>
    public RequiresCommandFactAttribute(string command, string package) =>
        Skip = s_reasons.GetOrAdd(command, static (command, package) => ReasonToSkip(command.Split(' '), package), package);

    private static string? ReasonToSkip(string[] words, string package)
    {
        if (Run.Find(words[0]) is null)
            return $"needs {words[0]} (apt install {package})";
        Finished tried = new Run(words[0], words[1..]).ToEnd().GetAwaiter().GetResult();
        return tried.ExitCode == 0 ? null : $"{tried.Command}: {tried.Errors.Trim()}; this machine does not permit it";
    }
}
