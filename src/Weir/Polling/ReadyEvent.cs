namespace Weir.Polling;

/// <summary>One descriptor that became ready.</summary>
/// <param name="Events">What it is ready for.</param>
/// <param name="Token">What was given when it was added.</param>
public readonly record struct ReadyEvent(PollEvents Events, ulong Token);
