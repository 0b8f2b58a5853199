using System.Globalization;

namespace Weir.Inspect.Processes;

/// <summary>Which process holds which socket, from the descriptors in /proc. Without root only those of the same user's processes are shown. For one thread.</summary>
public sealed class SocketHolders
{
    private const string SocketPrefix = "socket:[";
    private const int MaxKnown = 65_536;
    private const int MaxRecent = 4;

    private readonly Dictionary<uint, SocketHolder> _known = [];

    // Whose sockets were asked for last: the next one is likely to be theirs too, as with a server's connections.
    private readonly List<int> _recent = [];
    private readonly TimeShare? _share;

    public SocketHolders()
        : this(share: null)
    {
    }

    /// <param name="share">How much time may go into looking; without limit when null.</param>
    internal SocketHolders(TimeShare? share) => _share = share;

    /// <summary>How often all processes had to be gone through.</summary>
    internal int Walks { get; private set; }

    /// <summary>The process with a descriptor of this socket, or null. The youngest processes are asked first: who comes and goes quickly is among them.</summary>
    public SocketHolder? Find(uint inode) => Find(inode, likelyProcess: 0);

    internal SocketHolder? Find(uint inode, int likelyProcess)
    {
        if (inode == 0)
            return null;
        if (_known.TryGetValue(inode, out SocketHolder? known) && StillHas(known, inode))
            return known;
        if (_share?.TryBegin() == false)
            return known;
        if (likelyProcess != 0)
            Remember(likelyProcess);
        SocketHolder? found = FindAmong(_recent, inode) ?? Walk(inode);
        _share?.End();
        if (found is not null)
            Remember(found.ProcessId);
        return found ?? known;
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
        string folder = FolderOf(processId);
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

    private SocketHolder? Walk(uint inode)
    {
        Walks++;
        return FindAmong(Processes(), inode);
    }

    private SocketHolder? FindAmong(List<int> processes, uint inode)
    {
        // An older holder, who has handed it on, would be found again.
        _known.Remove(inode);
        foreach (int process in processes)
        {
            Look(process);
            if (_known.TryGetValue(inode, out SocketHolder? found))
                return found;
        }

        return null;
    }

    private void Remember(int processId)
    {
        if (_recent.Count > 0 && _recent[0] == processId)
            return;
        _recent.Remove(processId);
        _recent.Insert(0, processId);
        if (_recent.Count > MaxRecent)
            _recent.RemoveAt(MaxRecent);
    }

    private static bool StillHas(SocketHolder holder, uint inode)
    {
        try
        {
            return InodeOf(new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.ProcessId}/fd/{holder.Fd}")).LinkTarget) == inode;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static uint? InodeOf(string? target) =>
        target is not null && target.StartsWith(SocketPrefix, StringComparison.Ordinal)
            && uint.TryParse(target.AsSpan(SocketPrefix.Length).TrimEnd(']'), CultureInfo.InvariantCulture, out uint inode)
            ? inode
            : null;

    private static string FolderOf(int processId) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");

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
