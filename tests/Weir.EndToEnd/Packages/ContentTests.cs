using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Packages;

/// <summary>What lies in the packages, and what does not.</summary>
[Collection(PackagesCollection.Name)]
public sealed class ContentTests(PackedPackages packages)
{
    // Where the sources of every build seem to lie.
    private const string Root = "/_/";

    // Sources inside symbols, in the format of portable PDBs.
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static TheoryData<string> All => [.. PackedPackages.Names];

    public static TheoryData<string> Libraries => [.. PackedPackages.Names.Where(name => name != "Weir.Tool")];

    [Fact]
    public void ThePackages_AreThese() =>
        Assert.Equal(
            PackedPackages.Names.Select(name => $"{name}.{packages.Version}.nupkg").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(packages.Feed).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void EachPackage_SaysWhatItIs(string name)
    {
        using Package package = packages.Open(name);

        Assert.Equal((name, packages.Version), (package.Field("id"), package.Field("version")));
        Assert.Equal(("MIT", "expression"), (package.Field("license"), package.Attribute("license", "type")));
        Assert.Equal("The Weir authors", package.Field("authors"));
        Assert.StartsWith("Copyright (c) ", package.Field("copyright"), StringComparison.Ordinal);
        Assert.Contains("linux", package.Field("tags")!.Split(' '));
        Assert.InRange(package.Field("description")!.Length, 50, 250);
        Assert.Equal("README.md", package.Field("readme"));
        string readme = Encoding.UTF8.GetString(package.Read("README.md"));
        Assert.StartsWith($"# {name}\n", readme, StringComparison.Ordinal);
        // Outside the repository they would lead nowhere.
        Assert.DoesNotContain("](", readme, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Repository.At("LICENSE")), package.Read("LICENSE"));
    }

    /// <summary>Nobody has published them, so there is no address to give.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void NoPackage_NamesAnAddress(string name)
    {
        using Package package = packages.Open(name);

        Assert.Null(package.Field("projectUrl"));
        Assert.Null(package.Attribute("repository", "url"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void ALibrary_BringsItselfAndItsDocumentation(string name)
    {
        using Package package = packages.Open(name);

        Assert.Equal(
            [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"],
            package.Entries.Where(entry => entry.Contains('/', StringComparison.Ordinal) && !IsOfTheFormat(entry)).Order(StringComparer.Ordinal));
        Assert.Contains($"<name>{name}</name>", Encoding.UTF8.GetString(package.Read($"lib/net10.0/{name}.xml")), StringComparison.Ordinal);
    }

    /// <summary>They see each other's internals, so each takes the others in its own version only.</summary>
    [Theory]
    [InlineData("Weir.Linux", "", "")]
    [InlineData("Weir.Sockets", "Weir.Linux", "")]
    [InlineData("Weir", "Weir.Sockets", "")]
    [InlineData("Weir.Kestrel", "Weir", "Microsoft.AspNetCore.App")]
    [InlineData("Weir.Tool", "", "")]
    public void Dependencies_AreTheArrowsOfTheProjects(string name, string dependency, string framework)
    {
        using Package package = packages.Open(name);

        Assert.Equal(dependency.Length == 0 ? [] : [$"{dependency} [{packages.Version}]"], package.Dependencies);
        Assert.Equal(framework.Length == 0 ? [] : [framework], package.FrameworkReferences);
    }

    [Fact]
    public void TheTool_BringsWhatItNeeds_AndTheNoticesOfOthers()
    {
        using Package package = packages.Open("Weir.Tool");
        string[] files = [.. package.Entries.Where(entry => entry.StartsWith("tools/", StringComparison.Ordinal)).Select(Path.GetFileName).OfType<string>()];

        string[] libraries = [.. files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["Spectre.Console.dll", "System.CommandLine.dll", "Weir.Cli.dll", "Weir.Inspect.dll", "Weir.Linux.dll", "Weir.Packets.dll", "Weir.Sockets.dll", "Weir.Wire.dll", "Weir.dll"], libraries);
        Assert.Contains("Weir.Cli.runtimeconfig.json", files);
        Assert.DoesNotContain(files, file => file.EndsWith(".xml", StringComparison.Ordinal) && file != "DotnetToolSettings.xml");
        string notices = Encoding.UTF8.GetString(package.Read("THIRD-PARTY-NOTICES.txt"));
        Assert.All(libraries.Where(file => !file.StartsWith("Weir", StringComparison.Ordinal)), file =>
            Assert.Contains($"\n{Path.GetFileNameWithoutExtension(file)} ", notices, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Assemblies_CarryTheirSymbolsAndSources_AndNoPathOfThisMachine(string name)
    {
        using Package package = packages.Open(name);

        Assert.NotEmpty(package.Assemblies);
        foreach (string assembly in package.Assemblies)
        {
            byte[] bytes = package.Read(assembly);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Repository.Root)));
            using var image = new PEReader(new MemoryStream(bytes));
            DebugDirectoryEntry[] debug = [.. image.ReadDebugDirectory()];
            Assert.Contains(debug, entry => entry.Type == DebugDirectoryEntryType.Reproducible);
            using MetadataReaderProvider symbols = image.ReadEmbeddedPortablePdbDebugDirectoryData(
                debug.Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
            CheckSources(symbols.GetMetadataReader());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task TheSameSourcesInAnotherFolder_GiveTheSameBytes(string name)
    {
        using Package package = packages.Open(name);
        using Package other = await packages.OpenOtherAsync(name);

        Assert.Equal(package.Entries.Order(StringComparer.Ordinal), other.Entries.Order(StringComparer.Ordinal));
        Assert.All(package.Assemblies, assembly =>
            Assert.True(package.Read(assembly).AsSpan().SequenceEqual(other.Read(assembly)), $"{assembly} differs; was it built after the last change?"));
    }

    private static void CheckSources(MetadataReader symbols)
    {
        Assert.NotEmpty(symbols.Documents);
        foreach (DocumentHandle handle in symbols.Documents)
        {
            string path = symbols.GetString(symbols.GetDocument(handle).Name);
            Assert.True(path.StartsWith(Root, StringComparison.Ordinal) || !Path.IsPathRooted(path), path);
            Assert.True(
                symbols.GetCustomDebugInformation(handle).Any(one =>
                    symbols.GetGuid(symbols.GetCustomDebugInformation(one).Kind) == s_embeddedSource),
                $"{path} has no source");
        }
    }

    private static bool IsOfTheFormat(string entry) =>
        entry.StartsWith("_rels/", StringComparison.Ordinal) || entry.StartsWith("package/", StringComparison.Ordinal);
}
