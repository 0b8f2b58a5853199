using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public readonly partial struct KernelAddress
{
    /// <summary>The longest path or abstract name that is taken, in bytes: sun_path's 108 less a NUL (unix(7)).</summary>
    public const int MaxUnixNameBytes = 107;

    private const int UnixBytes = FamilyBytes + MaxUnixNameBytes + 1;

    /// <summary>Throws an <see cref="ArgumentException"/> for half a surrogate pair instead of replacing it.</summary>
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A unix socket that was never bound: there is neither a path nor a name.</summary>
    public bool IsUnnamed => IsUnix && _length == FamilyBytes;

    /// <summary>A unix socket with a name that is not in the file system and goes away with the socket.</summary>
    public bool IsAbstract => IsUnix && _length > FamilyBytes && Bytes[FamilyBytes] == 0;

    /// <summary>A unix socket with a path.</summary>
    public bool HasPath => IsUnix && _length > FamilyBytes && Bytes[FamilyBytes] != 0;

    /// <summary>The path without its final NUL, or the abstract name without its first one; otherwise empty.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> UnixNameBytes => HasPath ? PathBytes : IsAbstract ? Bytes[(FamilyBytes + 1)..] : default;

    /// <summary>The path; null when there is none. Bytes that are not UTF-8 are replaced: <see cref="UnixNameBytes"/> has them.</summary>
    public string? Path => HasPath ? Encoding.UTF8.GetString(PathBytes) : null;

    [UnscopedRef]
    private ReadOnlySpan<byte> PathBytes => Bytes[FamilyBytes..].TrimEnd((byte)0);

    /// <summary>The address of a unix socket with this path, absolute or relative.</summary>
    /// <exception cref="ArgumentException">The path is empty, longer than 107 bytes in UTF-8, or holds a NUL.</exception>
    public static KernelAddress FromUnixPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromUnixPath(StrictUtf8.GetBytes(path));
    }

    /// <inheritdoc cref="FromUnixPath(string)"/>
    public static KernelAddress FromUnixPath(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty) throw new ArgumentException("The path is empty.", nameof(path));
        if (path.Contains((byte)0)) throw new ArgumentException("The path holds a NUL, which would end it.", nameof(path));
        RequireNameFits(path, nameof(path));
        return FromUnixName(path, start: FamilyBytes, length: FamilyBytes + path.Length + 1);
    }

    /// <summary>The address of a unix socket with this abstract name.</summary>
    /// <param name="name">At most 107 bytes, any bytes; the NUL that the kernel puts before it is not part of it.</param>
    public static KernelAddress FromAbstractName(ReadOnlySpan<byte> name)
    {
        RequireNameFits(name, nameof(name));
        return FromUnixName(name, start: FamilyBytes + 1, length: FamilyBytes + 1 + name.Length);
    }

    /// <inheritdoc cref="FromAbstractName(ReadOnlySpan{byte})"/>
    public static KernelAddress FromAbstractName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return FromAbstractName(StrictUtf8.GetBytes(name));
    }

    private static KernelAddress FromUnixName(ReadOnlySpan<byte> name, int start, int length)
    {
        Span<byte> bytes = stackalloc byte[UnixBytes];
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)AF_UNIX);
        name.CopyTo(bytes[start..]);
        return new KernelAddress(bytes[..length]);
    }

    private static void RequireNameFits(ReadOnlySpan<byte> name, string parameter)
    {
        if (name.Length > MaxUnixNameBytes)
            throw new ArgumentException($"A unix socket's name has at most {MaxUnixNameBytes} bytes, not {name.Length}.", parameter);
    }

    // A path may be followed by one NUL, by many, or by none when it fills all 108 bytes; an abstract name has exactly its length.
    private static KernelAddress FromUnixBytes(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> name = bytes[FamilyBytes..];
        if (name.IsEmpty) return new KernelAddress(bytes);
        int end = name[0] == 0 ? name.Length : name.IndexOf((byte)0);
        if (end < 0) end = name.Length;
        if (end > MaxUnixNameBytes + 1)
            throw new ArgumentException($"A unix address has at most {UnixBytes} bytes, not {bytes.Length}.", nameof(bytes));
        return name[0] == 0
            ? new KernelAddress(bytes)
            : FromUnixName(name[..end], FamilyBytes, length: Math.Min(FamilyBytes + end + 1, UnixBytes));
    }
}
