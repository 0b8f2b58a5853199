using Weir.Linux;

namespace Weir.Sockets;

/// <summary>A process at a unix socket, the kernel's struct ucred (unix(7)): the peer, or the sender of a message.</summary>
/// <param name="ProcessId">0 when the process is not in this process's pid namespace.</param>
/// <param name="UserId">The effective user of a peer, the real one of a sender.</param>
/// <param name="GroupId">The effective group of a peer, the real one of a sender.</param>
public readonly record struct ProcessCredentials(int ProcessId, uint UserId, uint GroupId)
{
    // What SO_PEERCRED gives when there is no peer: process 0, and -1 for user and group.
    internal static ProcessCredentials Nobody => new(ProcessId: 0, UserId: uint.MaxValue, GroupId: uint.MaxValue);

    internal static ProcessCredentials FromKernel(ucred value) => new(value.pid, value.uid, value.gid);

    internal ucred ToKernel() => new() { pid = ProcessId, uid = UserId, gid = GroupId };
}
