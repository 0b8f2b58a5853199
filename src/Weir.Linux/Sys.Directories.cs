using System.Buffers.Binary;

namespace Weir.Linux;

// Directories and what is in them: openat(2), getdents64(2), readlinkat(2). Paths end with a zero byte, so that nothing has to be copied.
public static unsafe partial class Sys
{
    // struct linux_dirent64 of getdents64(2), which is in no header: d_ino, d_off, d_reclen, d_type, d_name.
    private const int EntryLengthAt = 16;
    private const int EntryNameAt = 19;

    /// <summary>openat(2).</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">With a zero byte at its end.</param>
    /// <param name="flags">O_RDONLY and the like.</param>
    public static SysResult OpenAt(int directory, ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* start = Checked(path))
            return Call(NR.openat, directory, (nint)start, flags);
    }

    /// <summary>getdents64(2): as many of the next entries as have room; 0 bytes at the end. ENOENT when the directory has been removed.</summary>
    public static SysResult GetDirectoryEntries(int directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Call(NR.getdents64, directory, (nint)start, buffer.Length);
    }

    /// <summary>The name of the first of these entries, without its zero byte, and the entries after it.</summary>
    public static ReadOnlySpan<byte> FirstEntry(ReadOnlySpan<byte> entries, out ReadOnlySpan<byte> others)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[EntryLengthAt..]);
        ReadOnlySpan<byte> name = entries[EntryNameAt..length];
        others = entries[length..];
        return name[..name.IndexOf((byte)0)];
    }

    /// <summary>readlinkat(2): where a symbolic link leads; how many bytes of it had room.</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">With a zero byte at its end.</param>
    /// <param name="target">Gets no zero byte.</param>
    public static SysResult ReadLink(int directory, ReadOnlySpan<byte> path, Span<byte> target)
    {
        fixed (byte* start = Checked(path), end = target)
            return Call(NR.readlinkat, directory, (nint)start, (nint)end, target.Length);
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> path) =>
        path.EndsWith((byte)0) ? path : throw new ArgumentException("a path ends with a zero byte", nameof(path));
}
