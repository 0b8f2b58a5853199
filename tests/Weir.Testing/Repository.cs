namespace Weir.Testing;

/// <summary>Where the sources are, for tests that read them.</summary>
public static class Repository
{
    /// <summary>The folder that holds Weir.slnx.</summary>
    public static string Root { get; } = Find();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no Weir.slnx above {AppContext.BaseDirectory}; run the tests from inside the repository");
    }
}
