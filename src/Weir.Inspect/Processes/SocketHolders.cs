namespace Weir.Inspect.Processes;

/// <summary>Which process holds which socket, from the descriptors in /proc. Without root only those of the same user's processes are shown. For one thread.</summary>
public sealed class SocketHolders
{
    private const int MaxKnown = 65_536;
    private const int MaxRecent = 4;

    private readonly Dictionary<uint, SocketHolder> _known = [];
    private readonly List<int> _numbers = [];

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
        if (!ProcDirectory.TryOpenDescriptors(processId, out ProcDirectory descriptors))
            return;
        using (descriptors)
        {
            _numbers.Clear();
            descriptors.ReadNumbers(_numbers);
            string? name = null;
            foreach (int descriptor in _numbers)
            {
                uint inode = descriptors.SocketInode(descriptor);
                if (inode == 0)
                    continue;
                name ??= ProcDirectory.NameOf(processId);
                // It has ended meanwhile.
                if (name is null)
                    return;
                _known[inode] = new SocketHolder(processId, name, descriptor);
            }
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

    private static bool StillHas(SocketHolder holder, uint inode) => ProcDirectory.SocketInode(holder.ProcessId, holder.Fd) == inode;

    private static List<int> Processes()
    {
        List<int> numbers = [];
        if (ProcDirectory.TryOpenProcesses(out ProcDirectory processes))
        {
            using (processes)
                processes.ReadNumbers(numbers);
        }

        // The kernel shows them by their numbers.
        numbers.Reverse();
        return numbers;
    }
}
