using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Weir.Tidy;

/// <summary>The arrows between projects point one way.</summary>
public sealed partial class ArrowTests
{
    // A project may use what its arrows lead to, at any distance.
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Weir.Linux"] = [],
        ["Weir.Sockets"] = ["Weir.Linux"],
        ["Weir"] = ["Weir.Sockets"],
        ["Weir.Kestrel"] = ["Weir"],
        ["Weir.Ipc"] = ["Weir.Sockets"],
        ["Weir.Packets"] = ["Weir.Sockets"],
        ["Weir.Wire"] = ["Weir.Packets"],
        ["Weir.Inspect"] = ["Weir.Sockets"],
        ["Weir.Lab"] = ["Weir", "Weir.Kestrel", "Weir.Ipc", "Weir.Wire", "Weir.Inspect"],
        ["Weir.Dashboard"] = ["Weir.Lab"],
        ["Weir.Cli"] = ["Weir.Dashboard"],
    };

    [Fact]
    public void Projects_UseOnlyWhatTheirArrowsLeadTo() =>
        Rule.Holds(
            "An arrow turns round. Move the code to the project that both may use, or change the arrows here and in ARCHITECTURE.md.",
            SourceFile.Under("src", ".csproj").SelectMany(Wrong));

    [Fact]
    public void AWrongReference_IsFound()
    {
        Assert.Single(Wrong(new SourceFile("src/Weir.Sockets/Weir.Sockets.csproj", [Referring("../Weir/Weir.csproj")])));
        Assert.Empty(Wrong(new SourceFile("src/Weir.Cli/Weir.Cli.csproj", [Referring("../Weir.Linux/Weir.Linux.csproj")])));
        Assert.Single(Wrong(new SourceFile("src/Weir.New/Weir.New.csproj", ["<Project />"])));
    }

    /// <summary>libpcap in Weir.Packets is the one exception.</summary>
    [Fact]
    public void NativeFunctions_AreImportedByWeirLinuxOnly() =>
        Rule.Holds(
            "Only Weir.Linux imports native functions. Add the call to its Sys class and use it from there.",
            SourceFile.Under(["src", "samples", "bench"], ".cs")
                .Where(file => !file.Path.StartsWith("src/Weir.Linux/", StringComparison.Ordinal))
                .SelectMany(file => file.Where(line => Import().IsMatch(line) && !IsPcap(file, line))));

    [Theory]
    [InlineData("Polling", "Rings")]
    [InlineData("Rings", "Polling")]
    public void PollingAndRings_NeverMentionEachOther(string one, string other) =>
        Rule.Holds(
            $"{one} must work without {other}: what both need belongs beside them.",
            SourceFile.Under($"src/Weir/{one}", ".cs").SelectMany(file => file.Where(line => Mentions(line, other))));

    [Fact]
    public void AMention_IsFound()
    {
        Assert.True(Mentions("using Weir.Rings;", "Rings"));
        Assert.False(Mentions("// strings", "Rings"));
    }

    private static IEnumerable<Finding> Wrong(SourceFile file)
    {
        string project = Path.GetFileNameWithoutExtension(file.Path);
        if (!s_arrows.ContainsKey(project))
            return [new Finding(file.Path, 1, $"{project} has no place among the arrows")];
        HashSet<string> reachable = [.. Reachable(project)];
        return file.Where(line => ReferredProject(line) is string used && !reachable.Contains(used));
    }

    private static IEnumerable<string> Reachable(string project) => s_arrows[project].SelectMany(next => Reachable(next).Append(next));

    private static string? ReferredProject(string line) =>
        line.Contains("<ProjectReference", StringComparison.Ordinal) && Include().Match(line) is { Success: true } match
            ? Path.GetFileNameWithoutExtension(match.Value)
            : null;

    private static bool Mentions(string line, string word) => Regex.IsMatch(line, $@"\b{word}\b");

    private static bool IsPcap(SourceFile file, string line) =>
        file.Path.StartsWith("src/Weir.Packets/", StringComparison.Ordinal) && line.Contains("(\"libpcap", StringComparison.Ordinal);

    private static string Referring(string path) => new XElement("ProjectReference", new XAttribute("Include", path)).ToString();

    [GeneratedRegex("""(?<=Include=")[^"]+""")]
    private static partial Regex Include();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Import();
}
