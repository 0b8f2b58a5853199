using System.Net;
using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Polling;

/// <summary>A poller and a pair of sockets, one of them to be watched.</summary>
internal sealed class Watched : IDisposable
{
    public const ulong Token = 0xABCD_0123_4567_89EF;

    public Watched(PollerCase poller)
        : this(poller, KernelSocket.CreatePair(SOCK_STREAM))
    {
    }

    private Watched(PollerCase poller, (KernelSocket Socket, KernelSocket Other) pair) => (Poller, Socket, Other) = (poller.Create(), pair.Socket, pair.Other);

    public static Watched OverTcp(PollerCase poller)
    {
        using var listener = KernelSocket.Create(AF_INET, SOCK_STREAM);
        listener.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
        listener.Listen(backlog: 1);
        var other = KernelSocket.Create(AF_INET, SOCK_STREAM);
        other.Connect(listener.LocalAddress, Deadline.Generous);
        return new Watched(poller, (listener.TryAccept(out _)!, other));
    }

    public IPoller Poller { get; }

    public KernelSocket Socket { get; }

    public KernelSocket Other { get; }

    public int Fd => Socket.Fd.Number;

    public Watched Add(PollEvents interest, PollMode mode = PollMode.Level)
    {
        Assert.Equal(new SysResult(0), Poller.Add(Fd, interest, mode, Token));
        return this;
    }

    public void Send() => Assert.Equal(1, Other.Send(new byte[1]).Value);

    public void Receive() => Assert.True(Socket.Receive(new byte[100]).IsOk);

    /// <summary>What a wait reports of the socket, None when nothing.</summary>
    public PollEvents Wait(int timeoutMs = 0)
    {
        Span<ReadyEvent> ready = stackalloc ReadyEvent[8];
        SysResult waited = Poller.Wait(ready, timeoutMs);
        Assert.True(waited.IsOk && waited.Value <= 1, waited.ToString());
        if (waited.Value == 0)
            return PollEvents.None;
        Assert.Equal(Token, ready[0].Token);
        return ready[0].Events;
    }

    /// <summary>What a wait reports of all that is watched, in order.</summary>
    public IEnumerable<int> WaitTokens()
    {
        var ready = new ReadyEvent[16];
        SysResult waited = Poller.Wait(ready, timeoutMs: 0);
        Assert.True(waited.IsOk, waited.ToString());
        return ready.Take(waited.Value).Select(found => (int)found.Token).Order();
    }

    /// <summary>The watched socket under a number that is at least this.</summary>
    public SafeFd Copy(int lowestNumber)
    {
        SysResult copied = Sys.Duplicate(Fd, lowestNumber);
        Assert.True(copied.IsOk, copied.ToString());
        return new SafeFd(copied.Value);
    }

    public void Dispose()
    {
        Socket.Dispose();
        Other.Dispose();
        Poller.Dispose();
    }
}
