using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class FileTests
{
    [Fact]
    public void EventFd_AddsUpAndIsReset()
    {
        using SafeFd counter = Loopback.Open(Sys.EventFd(initialValue: 3, EFD_CLOEXEC | EFD_NONBLOCK));
        byte[] value = new byte[8];

        Assert.Equal(8, Assert.Ok(Sys.Write(counter.Number, BitConverter.GetBytes(4ul))));
        Assert.Equal(8, Assert.Ok(Sys.Read(counter.Number, value)));

        Assert.Equal(7ul, BitConverter.ToUInt64(value));
        Assert.Error(Errno.EAGAIN, Sys.Read(counter.Number, value));
    }

    [Fact]
    public void Pipe_CarriesBytesToItsEnd()
    {
        Assert.Ok(Sys.Pipe(out int readEnd, out int writeEnd, O_CLOEXEC));
        using var reader = new SafeFd(readEnd);
        byte[] buffer = new byte[4];
        using (var writer = new SafeFd(writeEnd))
            Assert.Equal(2, Assert.Ok(Sys.Write(writer.Number, "hi"u8)));

        Assert.Equal(2, Assert.Ok(Sys.Read(reader.Number, buffer)));
        Assert.Equal(0, Assert.Ok(Sys.Read(reader.Number, buffer)));
    }

    [Fact]
    public void StatusFlags_AreSetAndReadBack()
    {
        using SafeFd socket = Loopback.Socket();
        int before = Assert.Ok(Sys.GetStatusFlags(socket.Number));

        Assert.Ok(Sys.SetStatusFlags(socket.Number, before | O_NONBLOCK));

        Assert.Equal(before | O_NONBLOCK, Assert.Ok(Sys.GetStatusFlags(socket.Number)));
        Assert.Ok(Sys.SetDescriptorFlags(socket.Number, FD_CLOEXEC));
    }

    [Fact]
    public void Duplicate_IsTheSameOpenFile()
    {
        using SafeFd counter = Loopback.Open(Sys.EventFd(initialValue: 0, EFD_CLOEXEC));
        using SafeFd twin = Loopback.Open(Sys.Duplicate(counter.Number));

        Assert.Ok(Sys.Write(twin.Number, BitConverter.GetBytes(9ul)));

        Assert.NotEqual(counter.Number, twin.Number);
        Assert.Equal(8, Assert.Ok(Sys.Read(counter.Number, new byte[8])));
    }

    [Fact]
    public void Stat_OfASocketPath_ShowsTheModeItWasBoundWith()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("socket");
        using SafeFd socket = Loopback.Socket(AF_UNIX);
        Assert.Ok(Sys.ChangeMode(socket.Number, 0x180));
        Assert.Ok(Sys.Bind(socket.Number, Loopback.Address(path)));

        Assert.Ok(Sys.Stat(path, out statx status));

        Assert.Equal((S_IFSOCK, 0x180), (status.stx_mode & S_IFMT, status.stx_mode & ~S_IFMT));
        Assert.Equal((STATX_BASIC_STATS, 1u), (status.stx_mask & STATX_BASIC_STATS, status.stx_nlink));
    }

    [Fact]
    public void Stat_OfAFile_ShowsItsSize()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("größe");
        File.WriteAllText(path, "12345");

        Assert.Ok(Sys.Stat(path, out statx status));

        Assert.Equal(5ul, status.stx_size);
        Assert.NotEqual(0ul, status.stx_ino);
    }

    [Fact]
    public void ResourceLimit_WrittenAsItWasRead_IsAccepted()
    {
        Assert.Ok(Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit));
        Assert.InRange(limit.rlim_cur, 1ul, limit.rlim_max);

        Assert.Ok(Sys.SetResourceLimit(RLIMIT_NOFILE, limit));
        Assert.Error(Errno.EINVAL, Sys.SetResourceLimit(RLIMIT_NOFILE, new rlimit64 { rlim_cur = limit.rlim_max, rlim_max = 0 }));
    }
}
