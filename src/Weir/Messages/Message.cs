using System.Buffers;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>What one receive of a message channel brought. It is lent until the channel's next receive.</summary>
public sealed class Message
{
    // The credentials come with every message.
    private static readonly int s_controlBytes =
        ControlMessageWriter.SpaceFor(KernelSocket.MaxDescriptors * sizeof(int)) + ControlMessageWriter.SpaceFor(3 * sizeof(int));

    private readonly byte[] _control = new byte[s_controlBytes];
    private byte[]? _buffer;
    private SafeFd[] _descriptors = [];

    internal Message()
    {
    }

    /// <summary>The peer has finished, or the channel is closed: there is no message, and none will come.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>The message; empty for one of no bytes, which is a message all the same.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>It was longer than <see cref="MessageOptions.MaxMessageBytes"/>, and its end is lost.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>How long it was when it came.</summary>
    public int FullLengthBytes { get; private set; }

    /// <summary>
    /// Who sent this message, as the kernel says. Of what the peer sent while a channel of ours was still connecting it may not know: then the process
    /// is 0.
    /// </summary>
    public ProcessCredentials? Credentials { get; private set; }

    /// <summary>How many descriptors came with the message.</summary>
    public int DescriptorCount => _descriptors.Length;

    /// <summary>More descriptors came than this process has room for (<c>ulimit -n</c>), and those are lost.</summary>
    public bool HasLostDescriptors { get; private set; }

    /// <summary>
    /// Takes the descriptors that came with the message, and owns them from now on. What nobody takes is closed at the next receive, or with
    /// the channel.
    /// </summary>
    public SafeFd[] TakeDescriptors() => Interlocked.Exchange(ref _descriptors, []);

    /// <summary>recvmsg(2). The end is told from a message of no bytes by the credentials, which come with every message (SO_PASSCRED).</summary>
    internal SysResult Receive(KernelSocket socket, int maxBytes)
    {
        Reset();
        _buffer ??= ArrayPool<byte>.Shared.Rent(maxBytes);
        Span<byte> room = _buffer.AsSpan(0, maxBytes);
        SysResult result = socket.ReceiveMessage(room, _control, out ReceivedMessage received, MSG_DONTWAIT | MSG_TRUNC);
        if (!result.IsOk)
            return result;
        FullLengthBytes = received.Bytes;
        IsTruncated = received.IsTruncated;
        HasLostDescriptors = received.IsControlTruncated;
        Bytes = _buffer.AsMemory(0, Math.Min(received.Bytes, maxBytes));
        IsEnd = received is { Bytes: 0, ControlBytes: 0 };
        ReadControl(_control.AsSpan(0, received.ControlBytes));
        return result;
    }

    internal Message End()
    {
        Release();
        IsEnd = true;
        return this;
    }

    /// <summary>While nothing comes, the channel holds no buffer.</summary>
    internal void Release()
    {
        Reset();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>From any thread, also while somebody looks at the message.</summary>
    internal void CloseDescriptors()
    {
        foreach (SafeFd descriptor in TakeDescriptors())
            descriptor.Dispose();
    }

    private void Reset()
    {
        CloseDescriptors();
        (IsEnd, IsTruncated, HasLostDescriptors, FullLengthBytes, Bytes, Credentials) = (false, false, false, 0, default, null);
    }

    private void ReadControl(ReadOnlySpan<byte> control)
    {
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (messages.IsDescriptors)
                _descriptors = messages.TakeDescriptors();
            else if (messages.IsCredentials)
                Credentials = messages.ReadCredentials();
        }
    }
}
