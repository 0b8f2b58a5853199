using System.Text.RegularExpressions;
using Xunit;

namespace Weir.Tidy;

/// <summary>Words for what is unfinished, switched off or badly named; put together here, so that they aren't found.</summary>
public sealed partial class WordTests
{
    private static readonly string[] s_unfinished = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
    private static readonly string[] s_regions = ["#" + "region"];

    [Fact]
    public void NothingIsLeftUnfinished() =>
        Rule.Holds(
            "Do it, or leave it out and open an issue.",
            Sources(".cs", ".c", ".h", ".sh", ".csproj").SelectMany(file => Having(file, s_unfinished)));

    [Fact]
    public void NoTestIsSwitchedOff() =>
        Rule.Holds(
            "A test runs, or is skipped for what the machine lacks (RequiresProgramFact). Repair it or remove it.",
            Sources(".cs").SelectMany(file => file.Where(line => SwitchedOff().IsMatch(line))));

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
            Sources(".cs")
                .Where(file => VagueEnd().IsMatch(Path.GetFileNameWithoutExtension(file.Path)))
                .Select(file => new Finding(file.Path, 1, "the file's name")));
    }

    [Fact]
    public void TheWords_AreFound()
    {
        Assert.Single(Having(new SourceFile("a.cs", ["// " + s_unfinished[0] + ": later", "// today"]), s_unfinished));
        Assert.Matches(SwitchedOff(), "    [" + "Fact(DisplayName = \"x\", Skip = \"flaky\")]");
        Assert.DoesNotMatch(SwitchedOff(), "    [Fact] public void AboutSkip() => Skip = 1;");
        Assert.Matches(VagueType(), "internal static class Socket" + "Utils");
        Assert.Matches(VagueType(), "public sealed record struct Buffer" + "Manager(int Size);");
        Assert.DoesNotMatch(VagueType(), "public sealed class CommonName");
    }

    private static IEnumerable<SourceFile> Sources(params string[] extensions) =>
        SourceFile.Under(["src", "tests", "bench", "samples"], extensions);

    private static IEnumerable<Finding> Having(SourceFile file, string[] words) =>
        file.Where(line => words.Any(word => line.Contains(word, StringComparison.Ordinal)));

    [GeneratedRegex(@"\[\w*(Fact|Theory)\([^\]]*\bSkip\s*=", RegexOptions.ExplicitCapture)]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+\w*(Util(s|ities)?|Helpers?|Managers?|Common)\b")]
    private static partial Regex VagueType();

    [GeneratedRegex("(Util(s|ities)?|Helpers?|Managers?|Common)$", RegexOptions.ExplicitCapture)]
    private static partial Regex VagueEnd();
}
