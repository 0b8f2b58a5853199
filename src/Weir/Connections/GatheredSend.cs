namespace Weir;

/// <summary>Sends what a connection's flushes have gathered, after the work that was queued before it.</summary>
internal sealed class GatheredSend(ConnectionWriter writer) : IThreadPoolWorkItem
{
    void IThreadPoolWorkItem.Execute() => writer.SendGathered();
}
