namespace Weir.Wire;

/// <summary>The call that a thread is in. Written by the thread, and read by whoever asks what has not returned.</summary>
internal sealed class CallSlot(int threadId)
{
    public int ThreadId => threadId;

    /// <summary>Null between calls, and during those that are nobody's concern.</summary>
    public volatile RecordedCall? Current;
}

/// <summary>A call of a host.</summary>
/// <param name="StartedAt">As <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
internal sealed record RecordedCall(NamespaceThread Host, int ThreadId, int Fd, string Name, string Arguments, long StartedAt);
