using System.Diagnostics;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Packages;

/// <summary>The packages, packed by the command of the README from what the solution has built, and once more from a copy of the sources.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    public static readonly string[] Names = ["Weir.Linux", "Weir.Sockets", "Weir", "Weir.Kestrel", "Weir.Tool"];

    private static readonly string[] s_besideSources =
        [".editorconfig", "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props", "global.json", "LICENSE"];

    private readonly TemporaryFolder _folder = new();
    private readonly Task<string> _packedElsewhere;

    public PackedPackages()
    {
        Version = File.ReadLines(Repository.At("CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal)).Split(' ')[1];
        _packedElsewhere = PackElsewhereAsync();
    }

    /// <summary>What the changelog begins with.</summary>
    public string Version { get; }

    /// <summary>The folder that holds the packages.</summary>
    public string Feed => _folder.File("feed");

    public async Task InitializeAsync() =>
        (await SdkCommand.Create(Repository.Root, [], "pack", "Weir.slnx", "-c", "Release", "--no-build", "-v", "quiet", "-o", Feed).ToEnd())
            .Succeeded();

    public async Task DisposeAsync()
    {
        // Its failure is that of the test that asks for it.
        await Task.WhenAny(_packedElsewhere);
        _folder.Dispose();
    }

    internal Package Open(string name) => new(Path.Combine(Feed, FileOf(name)));

    /// <summary>The same package, built from a copy of the sources in another folder.</summary>
    internal async Task<Package> OpenOtherAsync(string name) => new(Path.Combine(await _packedElsewhere, FileOf(name)));

    private string FileOf(string name) => $"{name}.{Version}.nupkg";

    private async Task<string> PackElsewhereAsync()
    {
        string copy = _folder.File("elsewhere");
        CopySources(Repository.At("src"), Path.Combine(copy, "src"));
        foreach (string file in s_besideSources)
            File.Copy(Repository.At(file), Path.Combine(copy, file));
        IEnumerable<string> projects = Directory.EnumerateFiles(copy, "*.csproj", SearchOption.AllDirectories);
        string solution = Path.Combine(copy, "Weir.slnx");
        await File.WriteAllTextAsync(
            solution,
            $"<Solution>{string.Concat(projects.Select(project => $"<Project Path=\"{Path.GetRelativePath(copy, project)}\" />"))}</Solution>");

        string packages = Path.Combine(copy, "packages");
        Run pack = SdkCommand.Create(
            copy, [], "pack", "Weir.slnx", "-c", "Release", "-v", "quiet", "-o", packages, "-p:RunAnalyzers=false", $"-p:SourceRevisionId={BuiltCommit()}");
        (await pack.ToEnd()).Succeeded();
        return packages;
    }

    // The copy is no repository: it is told which commit it was taken from.
    private static string BuiltCommit() =>
        FileVersionInfo.GetVersionInfo(WeirProcess.Command[1]).ProductVersion!.Split('+') is [_, string commit] ? commit : "";

    private static void CopySources(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(from))
            CopySources(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}

/// <summary>The tests that share the packages: packing once is enough.</summary>
[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<PackedPackages>
{
    public const string Name = "packages";
}
