namespace Weir.Sockets;

/// <summary>A socket as the kernel's table has it.</summary>
/// <param name="State">Of a UDP socket 1 when it is connected, otherwise 7.</param>
/// <param name="Inode">What the descriptors of the socket refer to; 0 when no process has it: not accepted yet, or closed already.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="ReceiveQueueBytes">What nobody has taken yet; of a listener, how many connections wait.</param>
/// <param name="SendQueueBytes">What the peer has not confirmed yet; of a listener, how many may wait.</param>
/// <param name="Cookie">The socket's name in the kernel, never given twice (SO_COOKIE).</param>
internal readonly record struct SocketEntry(TcpState State, uint Inode, uint UserId, uint ReceiveQueueBytes, uint SendQueueBytes, ulong Cookie);
