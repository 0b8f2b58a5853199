using System.Text.RegularExpressions;
using Weir.Testing;

namespace Weir.EndToEnd.Packages;

/// <summary>
/// Projects of somebody who has the packages in a folder and nothing else: the example of each package's README is a program, built with that
/// package. They have a cache of packages and a home of their own.
/// </summary>
internal sealed partial class FreshProjects : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;

    public FreshProjects(string feed)
    {
        _environment = new() { ["HOME"] = _folder.File("home"), ["DOTNET_CLI_HOME"] = _folder.File("home"), ["NUGET_PACKAGES"] = Cache };
        Directory.CreateDirectory(_folder.File("home"));
        File.WriteAllText(
            Configuration,
            $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
              <packageSourceMapping><clear /></packageSourceMapping>
            </configuration>
            """);
    }

    /// <summary>The packages that were taken.</summary>
    public string[] Taken => [.. Directory.EnumerateDirectories(Cache).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private string Configuration => _folder.File("nuget.config");

    private string Cache => _folder.File("cache");

    /// <summary>Builds the example of each package.</summary>
    /// <param name="version">Of all packages.</param>
    /// <param name="examples">The package's name, the name of its project under src, and the SDK that the program is for.</param>
    public async Task BuildAsync(string version, params (string Package, string Sdk)[] examples)
    {
        foreach ((string package, string sdk) in examples)
        {
            string folder = Directory.CreateDirectory(_folder.File(NameOf(package))).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), ExampleOf(package));
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"{NameOf(package)}.csproj"),
                $"""
                <Project Sdk="{sdk}">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <UseAppHost>false</UseAppHost>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="{package}" Version="{version}" />
                  </ItemGroup>
                </Project>
                """);
        }

        string projects = string.Concat(examples.Select(one => $"<Project Path=\"{NameOf(one.Package)}/{NameOf(one.Package)}.csproj\" />"));
        await File.WriteAllTextAsync(_folder.File("Examples.slnx"), $"<Solution>{projects}</Solution>");
        await RunAsync("build", "Examples.slnx", "-v", "quiet", "-p:RunAnalyzers=false");
    }

    /// <summary>The words that start the example of a package.</summary>
    public string[] Example(string package) =>
        ["dotnet", Path.Combine(_folder.File(NameOf(package)), "bin", "Debug", "net10.0", $"{NameOf(package)}.dll")];

    /// <summary>Installs a tool of the packages.</summary>
    /// <returns>The words that start its command.</returns>
    public async Task<string[]> InstallToolAsync(string package, string version, string command)
    {
        string tools = _folder.File("tools");
        await RunAsync("tool", "install", package, "--version", version, "--tool-path", tools, "--configfile", Configuration);
        // The command looks for the runtime where installers put it; this one may be elsewhere.
        string runtime = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return ["env", $"DOTNET_ROOT={runtime}", Path.Combine(tools, command)];
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(params string[] arguments) => (await SdkCommand.Create(_folder.Path, _environment, arguments).ToEnd()).Succeeded();

    private static string NameOf(string package) => $"{package.Replace(".", "", StringComparison.Ordinal)}Example";

    private static string ExampleOf(string package) =>
        CSharp().Match(File.ReadAllText(Repository.At("src", package, "README.md"))).Groups["code"].Value;

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex CSharp();
}
