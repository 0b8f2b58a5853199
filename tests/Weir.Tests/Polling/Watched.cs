using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Polling;

/// <summary>A poller and a pair of sockets, one of them to be watched.</summary>
internal sealed class Watched : IDisposable
{
    public const ulong Token = 0xABCD_0123_4567_89EF;

    public Watched(PollerCase poller)
    {
        Poller = poller.Create();
        (Socket, Other) = KernelSocket.CreatePair(SOCK_STREAM);
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

    public void Dispose()
    {
        Socket.Dispose();
        Other.Dispose();
        Poller.Dispose();
    }
}
