using Weir.Inspect.Processes;

namespace Weir.Inspect;

/// <summary>What was found out about the socket of an address pair.</summary>
/// <param name="Holder">Who has it open; null when nobody was found.</param>
/// <param name="Cookie">The socket's; 0 when there is none with these addresses.</param>
/// <param name="IsProvisional">Whether the holder is the listener's, and who accepts the connection will have it.</param>
internal readonly record struct SocketFinding(SocketHolder? Holder, ulong Cookie, bool IsProvisional);
