using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

public sealed partial class DatagramChannel
{
    private const int MaxErrorsAtOnce = 64;

    /// <summary>Reads the socket's queue of errors (ip(7), IP_RECVERR), in which each error is with the destination that it is about.</summary>
    /// <returns>How many were told.</returns>
    private int ReportQueuedErrors()
    {
        if (!_options.TellsErrors || _options.OnError is not { } onError || !_isUdp)
            return 0;
        Span<byte> control = stackalloc byte[256];
        int count = 0;
        for (int looked = 0; looked < MaxErrorsAtOnce; looked++)
        {
            SysResult read = Socket.ReceiveMessage(default, control, out ReceivedMessage message, out KernelAddress to, MSG_ERRQUEUE | MSG_DONTWAIT);
            if (!read.IsOk)
                break;
            if (!TryReadError(control[..message.ControlBytes], out Errno errno, out KernelAddress reporter))
                continue;
            count++;
            onError(new DatagramError(errno, to, reporter));
        }

        return count;
    }

    // Only what ICMP told: what this machine refuses is queued as well (SO_EE_ORIGIN_LOCAL), but the call that it refused has said so.
    private static bool TryReadError(ReadOnlySpan<byte> control, out Errno errno, out KernelAddress reporter)
    {
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (messages is not ({ Level: IPPROTO_IP, Type: IP_RECVERR } or { Level: IPPROTO_IPV6, Type: IPV6_RECVERR }))
                continue;
            sock_extended_err error = MemoryMarshal.Read<sock_extended_err>(messages.Data);
            if (error.ee_origin is not (SO_EE_ORIGIN_ICMP or SO_EE_ORIGIN_ICMP6))
                continue;
            errno = (Errno)error.ee_errno;
            // The address of whoever reported it follows the structure (SO_EE_OFFENDER).
            reporter = KernelAddress.FromBytes(messages.Data[Marshal.SizeOf<sock_extended_err>()..]);
            return true;
        }

        (errno, reporter) = (Errno.None, default);
        return false;
    }
}
