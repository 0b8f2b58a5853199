using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>Walks the control messages that came with a message (cmsg(3)).</summary>
public ref struct ControlMessageReader
{
    private ReadOnlySpan<byte> _rest;
    private bool _isTaken;

    /// <param name="control">The part of the control buffer that was filled.</param>
    public ControlMessageReader(ReadOnlySpan<byte> control) => _rest = control;

    public int Level { get; private set; }

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    public readonly bool IsDescriptors => Level == SOL_SOCKET && Type == SCM_RIGHTS;

    public readonly bool IsCredentials => Level == SOL_SOCKET && Type == SCM_CREDENTIALS;

    /// <summary>Goes on to the next message; false at the end.</summary>
    public bool MoveNext()
    {
        int headerBytes = Unsafe.SizeOf<cmsghdr>();
        if (_rest.Length < headerBytes)
            return false;
        cmsghdr header = MemoryMarshal.Read<cmsghdr>(_rest);
        int length = (int)Math.Min(header.cmsg_len, (nuint)_rest.Length);
        if (length < headerBytes)
            return false;

        _isTaken = false;
        (Level, Type) = (header.cmsg_level, header.cmsg_type);
        Data = _rest[headerBytes..length];
        _rest = _rest[Math.Min(ControlMessageWriter.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>Takes the descriptors of an SCM_RIGHTS message; whoever takes them closes them.</summary>
    /// <exception cref="InvalidOperationException">The message carries none, or they are taken: they have one owner.</exception>
    public SafeFd[] TakeDescriptors()
    {
        if (!IsDescriptors || _isTaken)
            throw new InvalidOperationException(_isTaken ? "The descriptors are taken." : "This control message carries no descriptors.");
        _isTaken = true;
        ReadOnlySpan<int> numbers = MemoryMarshal.Cast<byte, int>(Data);
        var descriptors = new SafeFd[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            descriptors[i] = new SafeFd(numbers[i]);
        return descriptors;
    }

    /// <summary>Reads an SCM_CREDENTIALS message.</summary>
    public readonly ProcessCredentials ReadCredentials() => IsCredentials
        ? ProcessCredentials.FromKernel(MemoryMarshal.Read<ucred>(Data))
        : throw new InvalidOperationException("This control message carries no credentials.");

    /// <summary>Closes what a received message carries, for whoever takes no descriptors: nobody else owns them.</summary>
    /// <param name="control">The part of the control buffer that was filled, of which nothing was taken.</param>
    public static void CloseDescriptors(ReadOnlySpan<byte> control)
    {
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (!messages.IsDescriptors)
                continue;
            foreach (SafeFd descriptor in messages.TakeDescriptors())
                descriptor.Dispose();
        }
    }
}
