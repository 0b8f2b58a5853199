using static Weir.Linux.Uapi;

namespace Weir.Polling;

/// <summary>fd_set (select(2)) as long as it has to be: what is asked for, and beside it what the kernel found, as it writes over what it is given.</summary>
internal sealed class FdSet
{
    private ulong[] _asked = new ulong[16];
    private ulong[] _found = new ulong[16];

    public int CapacityFds => _asked.Length * NFDBITS;

    public void Grow(int fdCount)
    {
        int words = Math.Max(WordsFor(fdCount), _asked.Length * 2);
        Array.Resize(ref _asked, words);
        Array.Resize(ref _found, words);
    }

    public void Ask(int fd, bool isAsked)
    {
        ulong bit = 1UL << (fd % NFDBITS);
        if (isAsked)
            _asked[fd / NFDBITS] |= bit;
        else
            _asked[fd / NFDBITS] &= ~bit;
    }

    /// <summary>The kernel's copy, as a wait gets it.</summary>
    public Span<ulong> ForWait(int fdCount)
    {
        Span<ulong> found = _found.AsSpan(0, WordsFor(fdCount));
        _asked.AsSpan(0, found.Length).CopyTo(found);
        return found;
    }

    public ulong FoundWord(int word) => _found[word];

    public bool WasFound(int fd) => (_found[fd / NFDBITS] & (1UL << (fd % NFDBITS))) != 0;

    private static int WordsFor(int fdCount) => (fdCount + NFDBITS - 1) / NFDBITS;
}
