using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>A datagram that did not reach its receiver, as far as this machine was told.</summary>
/// <param name="Errno">ECONNREFUSED: nobody has the port; EHOSTUNREACH, ENETUNREACH: no way there; EMSGSIZE: too long.</param>
/// <param name="Peer">Whom the datagram was for.</param>
/// <param name="Reporter">The machine that says so, from an ICMP message; the default value when it is this one.</param>
public readonly record struct DatagramError(Errno Errno, KernelAddress Peer, KernelAddress Reporter = default);
