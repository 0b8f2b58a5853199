namespace Weir;

/// <summary>The other process of a hand-over.</summary>
/// <param name="ProcessId">Its number; 0 when it is in a pid namespace that this process does not see.</param>
/// <param name="Listeners">How many listeners went over: one for each URL, however many sockets it has.</param>
public readonly record struct HandoverPeer(int ProcessId, int Listeners);
