using System.Buffers.Text;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Processes;

/// <summary>
/// A directory of /proc whose entries are numbers: the processes, or the descriptors of one. It is read while packets wait, so with few calls and
/// without an object for each entry.
/// </summary>
internal readonly struct ProcDirectory : IDisposable
{
    private const int MaxPathBytes = 32;
    private const int EntriesBytes = 4096;
    private readonly int _fd;

    private ProcDirectory(int fd) => _fd = fd;

    /// <summary>False when there is no /proc.</summary>
    public static bool TryOpenProcesses(out ProcDirectory directory) => TryOpen("/proc\0"u8, out directory);

    /// <summary>False when the process is gone, or another user's.</summary>
    public static bool TryOpenDescriptors(int processId, out ProcDirectory directory) => TryOpen(PathOf(processId, "/fd"u8, stackalloc byte[MaxPathBytes]), out directory);

    /// <summary>Adds the entries that are numbers.</summary>
    public void ReadNumbers(List<int> numbers)
    {
        Span<byte> buffer = stackalloc byte[EntriesBytes];
        while (Sys.GetDirectoryEntries(_fd, buffer) is { IsOk: true, Value: > 0 } read)
        {
            ReadOnlySpan<byte> entries = buffer[..read.Value];
            while (!entries.IsEmpty)
            {
                ReadOnlySpan<byte> name = Sys.FirstEntry(entries, out entries);
                if (Utf8Parser.TryParse(name, out int number, out int used) && used == name.Length)
                    numbers.Add(number);
            }
        }
    }

    /// <summary>The inode of the socket that this descriptor is of; 0 when it is of something else, or gone.</summary>
    public uint SocketInode(int descriptor)
    {
        Span<byte> name = stackalloc byte[MaxPathBytes];
        Utf8Formatter.TryFormat(descriptor, name, out int digits);
        name[digits] = 0;
        return InodeAt(_fd, name[..(digits + 1)]);
    }

    /// <summary>The same for a descriptor of a process.</summary>
    public static uint SocketInode(int processId, int descriptor)
    {
        Span<byte> folder = stackalloc byte[MaxPathBytes];
        "/fd/"u8.CopyTo(folder);
        Utf8Formatter.TryFormat(descriptor, folder[4..], out int digits);
        return InodeAt(AT_FDCWD, PathOf(processId, folder[..(4 + digits)], stackalloc byte[2 * MaxPathBytes]));
    }

    /// <summary>The first 15 bytes of the program's name; null when the process is gone.</summary>
    public static string? NameOf(int processId)
    {
        SysResult opened = Sys.OpenAt(AT_FDCWD, PathOf(processId, "/comm"u8, stackalloc byte[MaxPathBytes]), O_RDONLY | O_CLOEXEC);
        if (!opened.IsOk)
            return null;
        Span<byte> name = stackalloc byte[MaxPathBytes];
        SysResult read = Sys.Read(opened.Value, name);
        Sys.Close(opened.Value);
        return read.IsOk ? Encoding.UTF8.GetString(name[..read.Value].TrimEnd((byte)'\n')) : null;
    }

    public void Dispose() => Sys.Close(_fd);

    private static bool TryOpen(ReadOnlySpan<byte> path, out ProcDirectory directory)
    {
        SysResult opened = Sys.OpenAt(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
        directory = opened.IsOk ? new ProcDirectory(opened.Value) : default;
        return opened.IsOk;
    }

    // With a zero byte at its end.
    private static ReadOnlySpan<byte> PathOf(int processId, ReadOnlySpan<byte> what, Span<byte> buffer)
    {
        "/proc/"u8.CopyTo(buffer);
        Utf8Formatter.TryFormat(processId, buffer[6..], out int digits);
        what.CopyTo(buffer[(6 + digits)..]);
        buffer[6 + digits + what.Length] = 0;
        return buffer[..(6 + digits + what.Length + 1)];
    }

    // proc_pid_fd(5): a socket's link reads socket:[4711].
    private static uint InodeAt(int directory, ReadOnlySpan<byte> path)
    {
        Span<byte> target = stackalloc byte[MaxPathBytes];
        SysResult read = Sys.ReadLink(directory, path, target);
        return read.IsOk && target[..read.Value].StartsWith("socket:["u8) && Utf8Parser.TryParse(target["socket:[".Length..read.Value], out uint inode, out _) ? inode : 0;
    }
}
