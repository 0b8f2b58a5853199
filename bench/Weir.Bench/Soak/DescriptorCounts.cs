namespace Weir.Bench;

/// <summary>Open descriptors of this process by kind, /proc/self/fd.</summary>
internal static class DescriptorCounts
{
    private const string OwnFolder = "/proc/self/fd";

    public static SortedDictionary<string, int> Read()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string entry in Directory.GetFiles(OwnFolder))
        {
            // The one that lists them is gone by now. The runtime keeps assemblies open, and loads some when it compiles code anew.
            if (new FileInfo(entry).LinkTarget is not { } target || target.EndsWith(".dll", StringComparison.Ordinal))
                continue;
            string kind = KindOf(target);
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }

        return counts;
    }

    /// <summary>Kinds of which there are more or fewer than before, with the difference.</summary>
    public static IReadOnlyDictionary<string, int> Difference(IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> after) =>
        before.Keys.Union(after.Keys)
            .Select(kind => (Kind: kind, More: after.GetValueOrDefault(kind) - before.GetValueOrDefault(kind)))
            .Where(change => change.More != 0)
            .ToDictionary(change => change.Kind, change => change.More);

    /// <summary>The kind behind a link: <c>socket:[4711]</c>, <c>anon_inode:[eventpoll]</c>; a file is its path.</summary>
    public static string KindOf(string target)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        if (target.StartsWith('/') || colon < 0)
            return target;
        string kind = target[..colon];
        return kind == "anon_inode" ? target[(colon + 1)..].Trim('[', ']') : kind;
    }
}
