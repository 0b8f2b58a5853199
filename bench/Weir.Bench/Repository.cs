namespace Weir.Bench;

/// <summary>Where things are: the benchmark runs from the checkout that built it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>"release" or "debug": the peers are taken from the build that this program comes from.</summary>
    public static string Configuration { get; } = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    public static string PeerSources => Path.Combine(Root, "bench", "peers");

    public static string PeerPrograms => Path.Combine(Root, "artifacts", "peers");

    public static string Assembly(string project) =>
        Path.Combine(Root, "artifacts", "bin", project, Configuration, $"{project}.dll");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
                return folder.FullName;
        }

        throw new BenchException($"no Weir.slnx above {AppContext.BaseDirectory}; run the benchmark from its checkout");
    }
}
