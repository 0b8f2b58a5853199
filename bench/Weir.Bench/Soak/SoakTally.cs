using System.Collections.Concurrent;

namespace Weir.Bench;

/// <summary>What the clients did and met; their threads write, anybody reads.</summary>
internal sealed class SoakTally
{
    private const int MostWrongs = 20;

    private readonly long[,] _ends = new long[Enum.GetValues<SoakEnd>().Length, Enum.GetValues<SoakHandler>().Length];
    private readonly long[] _verified = new long[Enum.GetValues<SoakHandler>().Length];
    private readonly ConcurrentQueue<string> _wrongs = new();
    private long _sent;
    private long _moves;
    private int _wrongCount;
    private int _open;
    private int _mostOpen;

    /// <summary>Grows whenever a byte moves or a connection begins or ends.</summary>
    public long Moves => Interlocked.Read(ref _moves);

    public long SentBytes => Interlocked.Read(ref _sent);

    public long VerifiedBytes => _verified.Sum();

    public int Open => Volatile.Read(ref _open);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public int WrongCount => Volatile.Read(ref _wrongCount);

    /// <summary>The first of them, as sentences.</summary>
    public IReadOnlyCollection<string> Wrongs => _wrongs;

    public long Ended(SoakEnd end, SoakHandler handler) => _ends[(int)end, (int)handler];

    public long Ended(SoakEnd end) => Enum.GetValues<SoakHandler>().Sum(handler => Ended(end, handler));

    public long Verified(SoakHandler handler) => Interlocked.Read(ref _verified[(int)handler]);

    public void Opened()
    {
        int open = Interlocked.Increment(ref _open);
        int most = Volatile.Read(ref _mostOpen);
        while (open > most)
            most = Interlocked.CompareExchange(ref _mostOpen, open, most) is var before && before == most ? open : before;
        Interlocked.Increment(ref _moves);
    }

    public void Closed(SoakPlan plan)
    {
        Interlocked.Decrement(ref _open);
        Interlocked.Increment(ref _ends[(int)plan.End, (int)plan.Handler]);
        Interlocked.Increment(ref _moves);
    }

    public void Sent(int bytes)
    {
        Interlocked.Add(ref _sent, bytes);
        Interlocked.Increment(ref _moves);
    }

    public void Received(SoakHandler handler, int bytes)
    {
        Interlocked.Add(ref _verified[(int)handler], bytes);
        Interlocked.Increment(ref _moves);
    }

    public void Wrong(string what)
    {
        if (Interlocked.Increment(ref _wrongCount) <= MostWrongs)
            _wrongs.Enqueue(what);
    }
}
