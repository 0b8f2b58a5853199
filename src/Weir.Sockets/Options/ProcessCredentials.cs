namespace Weir.Sockets;

/// <summary>Who is at the other end of a unix socket: the kernel's struct ucred, as it was at connect(2) or listen(2) (unix(7)).</summary>
/// <param name="ProcessId">0 when the peer lives in another pid namespace or does not exist.</param>
/// <param name="UserId">The effective user.</param>
/// <param name="GroupId">The effective group.</param>
public readonly record struct ProcessCredentials(int ProcessId, uint UserId, uint GroupId);
