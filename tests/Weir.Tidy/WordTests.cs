using System.Text.RegularExpressions;
using Xunit;

namespace Weir.Tidy;

/// <summary>Words that mark something unfinished, switched off or without a name. They are put together here, so that they aren't found here.</summary>
public sealed partial class WordTests
{
    private static readonly string[] s_unfinished = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
    private static readonly string[] s_switchedOff = ["[Fact(" + "Skip", "[Theory(" + "Skip"];
    private static readonly string[] s_regions = ["#" + "region"];

    [Fact]
    public void NothingIsLeftUnfinished() =>
        Rule.Holds("Do it, or leave it out and open an issue.", Sources(".cs", ".c", ".h", ".sh", ".csproj").SelectMany(file => Having(file, s_unfinished)));

    [Fact]
    public void NoTestIsSwitchedOff() =>
        Rule.Holds(
            "A test runs, or is skipped for what the machine lacks (RequiresProgramFact). Repair it or remove it.",
            Sources(".cs").SelectMany(file => Having(file, s_switchedOff)));

    [Fact]
    public void NoRegions() =>
        Rule.Holds("A file that needs regions needs to be two files.", Sources(".cs").SelectMany(file => Having(file, s_regions)));

    [Fact]
    public void TypesAndFiles_SayWhatTheyDo()
    {
        const string Remedy = "Name it after what it does or what it is: these endings fit everything.";
        Rule.Holds(Remedy, Sources(".cs").SelectMany(file => file.Where(line => VagueType().IsMatch(line))));
        Rule.Holds(
            Remedy,
            Sources(".cs").Where(file => VagueEnd().IsMatch(Path.GetFileNameWithoutExtension(file.Path))).Select(file => new Finding(file.Path, 1, "")));
    }

    [Fact]
    public void TheWords_AreFound()
    {
        Assert.Single(Having(new SourceFile("a.cs", ["// " + s_unfinished[0] + ": later", "// today"]), s_unfinished));
        Assert.Single(Having(new SourceFile("a.cs", ["  " + s_switchedOff[0] + " = \"flaky\")]"]), s_switchedOff));
        Assert.Matches(VagueType(), "internal static class Socket" + "Utils");
        Assert.Matches(VagueType(), "public sealed record struct Buffer" + "Manager(int Size);");
        Assert.DoesNotMatch(VagueType(), "public sealed class CommonName");
    }

    private static IEnumerable<SourceFile> Sources(params string[] extensions) =>
        SourceFile.Under(["src", "tests", "bench", "samples"], extensions);

    private static IEnumerable<Finding> Having(SourceFile file, string[] words) =>
        file.Where(line => words.Any(word => line.Contains(word, StringComparison.Ordinal)));

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+\w*(Utils?|Utilities|Helpers?|Managers?|Common)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex VagueType();

    [GeneratedRegex("(Utils?|Utilities|Helpers?|Managers?|Common)$", RegexOptions.ExplicitCapture)]
    private static partial Regex VagueEnd();
}
