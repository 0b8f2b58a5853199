using System.Globalization;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>A cgroup2 of a command's own (cgroups(7)), below that of this process. It is removed in the end; of one that was killed, the next one does it.</summary>
internal sealed class ControlGroup : IDisposable
{
    private const string NamePrefix = "weir-";
    private const string UnifiedLine = "0::";

    private static int s_count;

    private readonly SafeFd _folder;

    private ControlGroup(string path, SafeFd folder) => (Path, _folder) = (path, folder);

    public string Path { get; }

    /// <summary>What a process writes "0" to, to be in the group with whatever it starts.</summary>
    public string Members => System.IO.Path.Combine(Path, "cgroup.procs");

    /// <summary>The folder's descriptor.</summary>
    public int Number => _folder.Number;

    /// <exception cref="TraceException">There is no cgroup2 here, or it can't be written.</exception>
    public static ControlGroup Create()
    {
        try
        {
            string parent = Own() ?? throw new TraceException("cgroup2 is not mounted");
            Sweep(parent);
            string path = NewPath(parent);
            Directory.CreateDirectory(path);
            return Open(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new TraceException(refused.Message);
        }
    }

    private static ControlGroup Open(string path)
    {
        SysResult opened = Sys.Open(Encoding.UTF8.GetBytes(path), O_RDONLY | O_CLOEXEC);
        if (!opened.IsOk)
            throw new TraceException($"open {path}", opened.Errno);
        // As long as it is locked it is in use.
        Sys.Lock(opened.Value, LOCK_EX | LOCK_NB);
        var group = new ControlGroup(path, new SafeFd(opened.Value));
        string kind = File.ReadAllText(System.IO.Path.Combine(path, "cgroup.type")).Trim();
        if (kind == "domain")
            return group;
        group.Dispose();
        throw new TraceException($"{path} takes no processes: it is {kind}");
    }

    // One of the same number may be left from before, with what still runs in it.
    private static string NewPath(string parent)
    {
        while (true)
        {
            string path = System.IO.Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"));
            if (!Directory.Exists(path))
                return path;
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        Remove(Path);
    }

    /// <summary>The folder of this process's cgroup2; null when none is mounted, or only a part that this process is not in.</summary>
    /// <param name="mounts">/proc/self/mountinfo (proc_pid_mountinfo(5)).</param>
    /// <param name="groups">/proc/self/cgroup (cgroups(7)).</param>
    internal static string? Find(IEnumerable<string> mounts, IEnumerable<string> groups)
    {
        string? own = groups.FirstOrDefault(line => line.StartsWith(UnifiedLine, StringComparison.Ordinal))?[UnifiedLine.Length..];
        foreach (string line in mounts)
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash < 5 || dash + 1 >= words.Length || words[dash + 1] != "cgroup2" || own is null)
                continue;
            string root = words[3].TrimEnd('/');
            // Below what another cgroup namespace shows (cgroup_namespaces(7)) nothing can be reached.
            if (own.StartsWith("/..", StringComparison.Ordinal))
                return null;
            if (own == root || own.StartsWith(root + "/", StringComparison.Ordinal))
                return (Unescape(words[4]).TrimEnd('/') + own[root.Length..]).TrimEnd('/');
        }

        return null;
    }

    private static string? Own() => Find(File.ReadLines("/proc/self/mountinfo"), File.ReadLines("/proc/self/cgroup"));

    // Space, tab, newline and backslash are written as octal numbers.
    private static string Unescape(string path) =>
        path.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);

    private static void Sweep(string parent)
    {
        foreach (string left in Directory.EnumerateDirectories(parent, NamePrefix + "*").ToList())
        {
            SysResult opened = Sys.Open(Encoding.UTF8.GetBytes(left), O_RDONLY | O_CLOEXEC);
            if (!opened.IsOk)
                continue;
            using var folder = new SafeFd(opened.Value);
            if (Sys.Lock(folder.Number, LOCK_EX | LOCK_NB).IsOk)
                Remove(left);
        }
    }

    // What still runs in there goes on, and so does the group.
    private static void Remove(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }
}
