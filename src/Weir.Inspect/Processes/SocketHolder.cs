namespace Weir.Inspect.Processes;

/// <summary>A process that has a socket open.</summary>
/// <param name="ProcessId">Its number, as this process sees it.</param>
/// <param name="Name">The first 15 bytes of its program's name (/proc/PID/comm).</param>
/// <param name="Fd">Its descriptor; of several the first that was found; -1 when it was closed before anybody looked.</param>
public sealed record SocketHolder(int ProcessId, string Name, int Fd)
{
    public override string ToString() => $"{Name}[{ProcessId}]";
}
