using System.Diagnostics;
using Weir.Linux;
using Weir.Polling;

namespace Weir.Loops;

/// <summary>Something with a descriptor in the poller: a connection, a listener, a connect in progress, the wake-up.</summary>
internal interface IReadySource
{
    /// <summary>Whose readiness it is.</summary>
    SafeFd Fd { get; }

    /// <summary>The loop's name for it, while it is attached.</summary>
    ulong Token { get; set; }

    /// <summary>
    /// What it waits for at the moment. A level-triggered loop asks on its own thread, after <see cref="OnReady"/> and whenever
    /// <see cref="EventLoop.UpdateInterest"/> says that it may have changed. It has to be exact: what is wanted and not taken fires for ever.
    /// </summary>
    PollEvents Wanted { get; }

    void OnReady(PollEvents events);
}

/// <summary>
/// Tokens for a poller. A token carries the slot's generation, so that an event of a descriptor that was closed
/// earlier in the same turn finds nobody, even when its slot is taken again.
/// </summary>
/// <typeparam name="TState">What the loop keeps of each source; the default value when it is added.</typeparam>
internal sealed class ReadySourceTable<TState>
    where TState : struct
{
    // Together, because whoever looks for one of the three reads the others: a completion costs one line of the cache here, and not three.
    private Entry[] _entries = new Entry[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;

    public ulong Add(IReadySource source)
    {
        int slot = _freeCount > 0 ? _free[--_freeCount] : NextUnused();
        _entries[slot].Source = source;
        return Token(slot);
    }

    public void Remove(ulong token)
    {
        int slot = (int)(uint)token;
        if (Token(slot) != token)
            return;
        ref Entry entry = ref _entries[slot];
        entry.Source = null;
        entry.State = default;
        entry.Generation++;
        _free[_freeCount++] = slot;
    }

    public IReadySource? Find(ulong token)
    {
        ref Entry entry = ref _entries[(int)(uint)token];
        return entry.Generation == (uint)(token >> 32) ? entry.Source : null;
    }

    /// <summary>What is kept of a source that is in the table. Valid until another source is added.</summary>
    public ref TState State(ulong token)
    {
        Debug.Assert(Find(token) is not null, "only who is in the table is watched");
        return ref _entries[(int)(uint)token].State;
    }

    /// <summary>A copy, because whoever visits the sources may remove them.</summary>
    public T[] All<T>()
        where T : IReadySource => [.. _entries.Select(entry => entry.Source).OfType<T>()];

    private ulong Token(int slot) => ((ulong)_entries[slot].Generation << 32) | (uint)slot;

    private int NextUnused()
    {
        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _used * 2);
            Array.Resize(ref _free, _used * 2);
        }

        return _used++;
    }

    private struct Entry
    {
        public IReadySource? Source;
        public uint Generation;
        public TState State;
    }
}
