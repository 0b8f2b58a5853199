using System.Globalization;

namespace Weir.Inspect.Processes;

/// <summary>Which process holds which socket, from the descriptors in /proc. Without root only those of the same user's processes are shown. For one thread.</summary>
public sealed class SocketHolders
{
    private const string SocketPrefix = "socket:[";
    private const int MaxKnown = 65_536;

    private readonly Dictionary<uint, SocketHolder> _known = [];

    /// <summary>The process with a descriptor of this socket, or null. The youngest processes are asked first: who comes and goes quickly is among them.</summary>
    public SocketHolder? Find(uint inode)
    {
        if (inode == 0)
            return null;
        if (_known.TryGetValue(inode, out SocketHolder? known))
            return known;
        foreach (int process in Processes())
        {
            Look(process);
            if (_known.TryGetValue(inode, out SocketHolder? found))
                return found;
        }

        return null;
    }

    /// <summary>The sockets that all processes hold now.</summary>
    public void LookAtAll()
    {
        foreach (int process in Processes())
            Look(process);
    }

    /// <summary>The sockets that this process holds now.</summary>
    public void Look(int processId)
    {
        if (_known.Count > MaxKnown)
            _known.Clear();
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        string? name = null;
        try
        {
            foreach (FileInfo entry in new DirectoryInfo($"{folder}/fd").EnumerateFiles())
            {
                if (InodeOf(entry.LinkTarget) is uint inode)
                    _known[inode] = new SocketHolder(processId, name ??= NameOf(folder), int.Parse(entry.Name, CultureInfo.InvariantCulture));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is another user's.
        }
    }

    private static uint? InodeOf(string? target) =>
        target is not null && target.StartsWith(SocketPrefix, StringComparison.Ordinal)
            && uint.TryParse(target.AsSpan(SocketPrefix.Length).TrimEnd(']'), CultureInfo.InvariantCulture, out uint inode)
            ? inode
            : null;

    private static string NameOf(string folder) => File.ReadAllText($"{folder}/comm").TrimEnd('\n');

    private static List<int> Processes()
    {
        List<int> numbers = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                numbers.Add(number);
        }

        numbers.Sort((left, right) => right.CompareTo(left));
        return numbers;
    }
}
