using Weir.Testing;
using Xunit;

namespace Weir.Tidy;

public sealed class SolutionTests
{
    private static readonly string s_solution = File.ReadAllText(Repository.At("Weir.slnx"));

    [Fact]
    public void EveryProject_IsInTheSolution() =>
        Rule.Holds(
            "Add it to Weir.slnx: what isn't there is neither built nor tested.",
            SourceFile.Under(["src", "tests", "samples"], ".csproj")
                .Where(file => !s_solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal))
                .Select(file => new Finding(file.Path, 1, "not in Weir.slnx")));

    [Fact]
    public void EverySourceProject_HasTests() =>
        Rule.Holds(
            "Each project under src has a project of tests beside it: tests/<name>.Tests.",
            SourceFile.Under("src", ".csproj")
                .Where(file => !File.Exists(TestsOf(Path.GetFileNameWithoutExtension(file.Path))))
                .Select(file => new Finding(file.Path, 1, "no tests")));

    [Fact]
    public void Projects_AreFound() =>
        Assert.Contains(SourceFile.Under("src", ".csproj"), file => file.Path == "src/Weir.Linux/Weir.Linux.csproj");

    private static string TestsOf(string project) => Repository.At("tests", $"{project}.Tests", $"{project}.Tests.csproj");
}
