using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using Xunit.Sdk;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Engines;

/// <summary>A scripted peer: a raw socket that does exactly what it is told, on the calling thread.</summary>
internal sealed class Peer(KernelSocket socket) : IDisposable
{
    public KernelSocket Socket => socket;

    public void Send(string text) => Send(Bytes.Of(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SysResult sent = socket.Send(bytes);
            if (sent.IsOk)
                bytes = bytes[sent.Value..];
            else if (sent.Errno is Errno.EAGAIN)
                Assert.True(socket.WaitFor(POLLOUT, Deadline.Generous), "the peer could not send in time");
            else
                throw new XunitException($"the peer's send: {sent.Errno}");
        }
    }

    /// <summary>Sends until the kernel takes no more.</summary>
    /// <returns>How many bytes it took.</returns>
    public int SendUntilRefused(ReadOnlySpan<byte> chunk, int limitBytes)
    {
        int total = 0;
        while (total < limitBytes && socket.Send(chunk) is { IsOk: true } sent)
            total += sent.Value;
        return total;
    }

    /// <summary>Sends the text again and again, each time from where the kernel stopped taking it, and goes on when it refuses.</summary>
    public void SendAgainAndAgain(ReadOnlySpan<byte> text, Func<bool> isOver)
    {
        for (int at = 0; !isOver();)
        {
            if (socket.Send(text[at..]) is { IsOk: true } sent)
                at = (at + sent.Value) % text.Length;
        }
    }

    /// <summary>One receive, waited for: the count, 0 at the end, or the error.</summary>
    public SysResult Receive(Span<byte> buffer)
    {
        while (true)
        {
            SysResult received = socket.Receive(buffer);
            if (received.Errno is not Errno.EAGAIN)
                return received;
            Assert.True(socket.WaitFor(POLLIN, Deadline.Generous), "the peer got nothing in time");
        }
    }

    public byte[] ReceiveExactly(int count)
    {
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            SysResult received = Receive(bytes.AsSpan(filled));
            Assert.True(received.IsOk && received.Value > 0, $"after {filled} of {count} bytes: {received}");
            filled += received.Value;
        }

        return bytes;
    }

    public void Expect(string text) => Assert.Equal(text, Bytes.Text(ReceiveExactly(Bytes.Of(text).Length)));

    public void ExpectEnd() => Assert.Equal(new SysResult(0), Receive(new byte[1]));

    /// <summary>Everything up to the peer's end of stream; fails on a reset.</summary>
    public byte[] ReceiveToEnd()
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            SysResult received = Receive(buffer);
            Assert.True(received.IsOk, $"after {all.Length} bytes: {received}");
            if (received.Value == 0)
                return all.ToArray();
            all.Write(buffer, 0, received.Value);
        }
    }

    /// <summary>The error that ends the stream, None for an ordinary end; bytes before it are dropped.</summary>
    public Errno ReceiveError()
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            SysResult received = Receive(buffer);
            if (!received.IsOk || received.Value == 0)
                return received.Errno;
        }
    }

    public void FinishSending() => socket.Shutdown(SHUT_WR);

    /// <summary>On TCP; on unix sockets, a close with something unread does the same.</summary>
    public void Reset()
    {
        socket.ResetOnClose();
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();
}
