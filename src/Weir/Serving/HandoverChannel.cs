using System.Text;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>A line of text with the descriptors that came with it; whoever does not take them disposes of it.</summary>
internal sealed record HandoverMessage(string Text, SafeFd[] Descriptors) : IDisposable
{
    public string[] Words => Text.Split(' ');

    public void Dispose() => Array.ForEach(Descriptors, descriptor => descriptor.Dispose());
}

/// <summary>One side of a hand-over: a unixpacket connection on a thread that may wait. docs/restart.md has the messages.</summary>
internal sealed class HandoverChannel(KernelSocket socket, string address) : IDisposable
{
    public const string Version = "1";

    public const string Withdrawn = "withdrawn";

    private const int MaxTextBytes = 16 * 1024;

    private static readonly Lazy<uint> s_ownUser = new(OwnUser);

    /// <summary>The process at the other end; of a listener's side, the one that called listen(2).</summary>
    public ProcessCredentials? Peer { get; } = socket.PeerCredentials;

    /// <summary>Only this user and root may hand sockets to this process, and get some of it.</summary>
    public bool IsPeerTrusted => Peer is { UserId: var user } && (user == 0 || user == s_ownUser.Value);

    /// <summary>Whether the other side has closed, and no message of it is left.</summary>
    public bool HasEnded => socket.Receive(stackalloc byte[1], MSG_PEEK) is { Errno: not Errno.EAGAIN } peeked && (!peeked.IsOk || peeked.Value == 0);

    /// <summary>Whether a message waits to be received.</summary>
    public bool HasMessage => socket.Receive(stackalloc byte[1], MSG_PEEK) is { IsOk: true, Value: > 0 };

    public SocketCallException Failure(Errno errno) => new("handover", errno, address);

    /// <exception cref="SocketCallException">EPIPE: the other side has ended; ETIMEDOUT: it does not read.</exception>
    /// <exception cref="ObjectDisposedException">A socket was closed meanwhile.</exception>
    public void Send(string text, IReadOnlyList<SafeFd> descriptors, Interrupt interrupt, TimeSpan limit)
    {
        if (!interrupt.WaitFor(socket, POLLOUT, limit))
            throw Failure(Errno.ETIMEDOUT);
        SysResult sent = socket.SendMessage(Encoding.UTF8.GetBytes(text), descriptors);
        if (!sent.IsOk)
            throw Failure(sent.Errno);
    }

    public void Send(string text, Interrupt interrupt, TimeSpan limit) => Send(text, [], interrupt, limit);

    /// <summary>Takes the offer back, without waiting: the other side has to see it before it serves.</summary>
    public void Withdraw() => socket.SendMessage(Encoding.UTF8.GetBytes(Withdrawn), control: default);

    /// <summary>The next message; null when the other side has ended.</summary>
    /// <exception cref="SocketCallException">ETIMEDOUT: it says nothing; EPROTO: what it says is no message.</exception>
    public HandoverMessage? Receive(Interrupt interrupt, TimeSpan limit)
    {
        if (!interrupt.WaitFor(socket, POLLIN, limit))
            throw Failure(Errno.ETIMEDOUT);
        byte[] text = new byte[MaxTextBytes];
        byte[] control = new byte[ControlMessageWriter.SpaceFor(KernelSocket.MaxDescriptors * sizeof(int))];
        SysResult result = socket.ReceiveMessage(text, control, out ReceivedMessage received);
        // Who closes with something unread leaves an error, which is told once and comes before what he said.
        if (result.Errno is Errno.ECONNRESET)
            result = socket.ReceiveMessage(text, control, out received);
        if (result.Errno is Errno.ECONNRESET || (result.IsOk && received.Bytes == 0))
            return null;
        if (!result.IsOk)
            throw Failure(result.Errno);
        HandoverMessage message = new(Encoding.UTF8.GetString(text, 0, received.Bytes), Descriptors(control.AsSpan(0, received.ControlBytes)));
        if (!received.IsTruncated && !received.IsControlTruncated)
            return message;
        message.Dispose();
        // Descriptors that this process has no room for are cut off as well (unix(7)).
        throw Failure(received.IsControlTruncated ? Errno.EMFILE : Errno.EPROTO);
    }

    public void Dispose() => socket.Dispose();

    private static SafeFd[] Descriptors(ReadOnlySpan<byte> control)
    {
        List<SafeFd> all = [];
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (messages.IsDescriptors)
                all.AddRange(messages.TakeDescriptors());
        }

        return [.. all];
    }

    private static uint OwnUser()
    {
        (KernelSocket first, KernelSocket second) = KernelSocket.CreatePair(SOCK_SEQPACKET);
        using (first)
        using (second)
            return first.PeerCredentials!.Value.UserId;
    }
}
