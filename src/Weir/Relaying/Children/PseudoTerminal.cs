using System.Globalization;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>A pseudo-terminal (pty(7)): what is written to the master is typed, what is read from it is shown.</summary>
internal static class PseudoTerminal
{
    // What programs take for granted when nobody says otherwise; 0 by 0, the kernel's, some take at its word.
    private const ushort Rows = 24;
    private const ushort Columns = 80;

    /// <summary>Opens a new one.</summary>
    /// <returns>The master, and the path of the other side.</returns>
    /// <exception cref="SocketCallException">There is no descriptor or no terminal left, or no /dev/pts.</exception>
    public static (SafeFd Master, string Path) Open()
    {
        SafeFd master = Own(Sys.Open("/dev/ptmx"u8, O_RDWR | O_NOCTTY | O_CLOEXEC), "open");
        Check(Sys.IoctlSetInt(master.Number, TIOCSPTLCK, value: 0), "unlock", master);
        Check(Sys.IoctlInt(master.Number, TIOCGPTN, out int number), "number", master);
        Check(Sys.SetWindowSize(master.Number, Rows, Columns), "size", master);
        return (master, string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{number}"));
    }

    /// <summary>Another descriptor of the master.</summary>
    /// <exception cref="SocketCallException">There is no descriptor left.</exception>
    public static SafeFd Duplicate(SafeFd master) => Own(Sys.Duplicate(master.Number), "dup");

    private static SafeFd Own(SysResult opened, string call) =>
        opened.IsOk ? new SafeFd(opened.Value) : throw new SocketCallException(call, opened.Errno, "/dev/ptmx");

    private static void Check(SysResult result, string call, SafeFd master)
    {
        if (result.IsOk)
            return;
        master.Dispose();
        throw new SocketCallException(call, result.Errno, "/dev/ptmx");
    }
}
