using System.CommandLine;

namespace Weir.Bench;

/// <summary><c>--engine</c>, as <c>weir serve</c> names them.</summary>
internal static class EngineOption
{
    private static readonly string[] s_names = [.. Enum.GetValues<LoopEngine>().Select(NameOf)];

    public static Option<string?> Create() =>
        new("--engine") { Description = $"One of {string.Join(", ", s_names)}; {s_names[0]} when not given" };

    /// <summary>The first when none is named.</summary>
    public static LoopEngine Parse(string? name)
    {
        if (name is null)
            return Enum.GetValues<LoopEngine>()[0];
        int index = Array.IndexOf(s_names, name.ToLowerInvariant());
        return index >= 0
            ? Enum.GetValues<LoopEngine>()[index]
            : throw new BenchException($"--engine {name}: unknown; known are {string.Join(", ", s_names)}");
    }

    public static string NameOf(LoopEngine engine) => engine.ToString().ToLowerInvariant();
}
