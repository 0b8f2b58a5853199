using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class TerminalTests
{
    [Fact]
    public void ANewTerminal_HasANumber_AndConnectsBothSides()
    {
        using SafeFd master = Open("/dev/ptmx"u8);
        Assert.Ok(Sys.IoctlSetInt(master.Number, TIOCSPTLCK, value: 0));
        Assert.Ok(Sys.IoctlInt(master.Number, TIOCGPTN, out int number));
        using SafeFd terminal = Open([.. "/dev/pts/"u8, .. System.Text.Encoding.ASCII.GetBytes($"{number}")]);
        Assert.Ok(Sys.SetWindowSize(master.Number, rows: 24, columns: 80));
        Assert.Ok(Sys.Write(terminal.Number, "shown"u8));
        byte[] shown = new byte[10];
        SysResult read = Sys.Read(master.Number, shown);
        Xunit.Assert.Equal("shown"u8, shown.AsSpan(0, read.Value));
    }

    [Fact]
    public void Kill_WithSignal0_OnlyAsks()
    {
        Assert.Ok(Sys.Kill(Environment.ProcessId, signal: 0));
        Xunit.Assert.Equal(Errno.ESRCH, Sys.Kill(int.MaxValue, signal: 0).Errno);
    }

    private static SafeFd Open(ReadOnlySpan<byte> path)
    {
        SysResult opened = Sys.Open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
        Xunit.Assert.True(opened.IsOk, $"{opened}");
        return new SafeFd(opened.Value);
    }
}
