using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>Lays control messages into a buffer (cmsg(3)).</summary>
public ref struct ControlMessageWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">As long as <see cref="SpaceFor"/> says for all messages together.</param>
    public ControlMessageWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>CMSG_SPACE: the room that a message with this much data takes.</summary>
    public static int SpaceFor(int dataBytes) => Unsafe.SizeOf<cmsghdr>() + Align(dataBytes);

    /// <summary>SCM_RIGHTS: descriptors that the receiver gets as its own, at most 253 (unix(7)).</summary>
    public void AddDescriptors(scoped ReadOnlySpan<int> descriptors) => Add(SOL_SOCKET, SCM_RIGHTS, MemoryMarshal.AsBytes(descriptors));

    /// <summary>SCM_CREDENTIALS: who sends. The kernel lets only root say another than its own.</summary>
    public void AddCredentials(ProcessCredentials credentials)
    {
        ucred value = credentials.ToKernel();
        Add(SOL_SOCKET, SCM_CREDENTIALS, MemoryMarshal.AsBytes(new ReadOnlySpan<ucred>(ref value)));
    }

    /// <exception cref="ArgumentException">The buffer has no room for it.</exception>
    public void Add(int level, int type, scoped ReadOnlySpan<byte> data)
    {
        int space = SpaceFor(data.Length);
        int leftBytes = _buffer.Length - _length;
        if (leftBytes < space)
            throw new ArgumentException($"The control buffer has {leftBytes} bytes left; this message needs {space}.", nameof(data));

        cmsghdr header = new()
        {
            cmsg_len = (nuint)(Unsafe.SizeOf<cmsghdr>() + data.Length),
            cmsg_level = level,
            cmsg_type = type,
        };
        Span<byte> message = _buffer.Slice(_length, space);
        message.Clear();
        MemoryMarshal.Write(message, in header);
        data.CopyTo(message[Unsafe.SizeOf<cmsghdr>()..]);
        _length += space;
    }

    internal static int Align(int bytes) => (bytes + 7) & ~7;
}
