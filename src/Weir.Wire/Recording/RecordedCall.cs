using Weir.Linux;

namespace Weir.Wire;

/// <summary>A call of a host.</summary>
/// <param name="ThreadId">Of the thread that made it, as the runtime counts them.</param>
/// <param name="StartedAt">As <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
internal sealed record RecordedCall(NamespaceThread Host, int ThreadId, int Fd, string Name, string Arguments, long StartedAt)
{
    /// <summary>Null while it lasts.</summary>
    public long? ReturnedAt { get; init; }

    /// <summary>Of one that has returned.</summary>
    public SysResult Result { get; init; }
}
