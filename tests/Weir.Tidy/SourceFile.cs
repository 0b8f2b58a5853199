using Weir.Testing;

namespace Weir.Tidy;

/// <summary>A text file of the repository, its path relative to the root.</summary>
internal sealed record SourceFile(string Path, string[] Lines)
{
    private static readonly HashSet<string> s_notOurs = [".git", "artifacts", "bin", "obj", "target", "node_modules"];

    /// <summary>The files under a folder, or of the root itself when <paramref name="folder"/> is empty.</summary>
    public static IEnumerable<SourceFile> Under(string folder, params string[] extensions)
    {
        string start = Repository.At(folder);
        if (!Directory.Exists(start))
            return [];
        IEnumerable<string> paths = folder.Length == 0 ? Directory.EnumerateFiles(start) : Walk(start);
        return paths.Where(path => extensions.Contains(System.IO.Path.GetExtension(path))).Order(StringComparer.Ordinal).Select(Read);
    }

    public static IEnumerable<SourceFile> Under(string[] folders, params string[] extensions) =>
        folders.SelectMany(folder => Under(folder, extensions));

    /// <summary>A finding for each line that <paramref name="broken"/> holds for.</summary>
    public IEnumerable<Finding> Where(Func<string, bool> broken) =>
        Lines.Index().Where(line => broken(line.Item)).Select(line => new Finding(Path, line.Index + 1, line.Item.Trim()));

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !s_notOurs.Contains(System.IO.Path.GetFileName(child))).SelectMany(Walk));

    private static SourceFile Read(string path) =>
        new(System.IO.Path.GetRelativePath(Repository.Root, path), File.ReadAllText(path).Split('\n'));
}

/// <summary>A place that breaks a rule.</summary>
internal sealed record Finding(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {What}";
}
