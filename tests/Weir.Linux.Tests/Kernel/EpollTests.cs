using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class EpollTests
{
    private const ulong AllBits = 0xfedc_ba98_7654_3210;
    private const int TimeoutMs = 60_000;

    [Theory]
    [InlineData(0)]
    [InlineData(AllBits)]
    [InlineData(ulong.MaxValue)]
    public void Data_ComesBackWithAllBits(ulong data)
    {
        using SafeFd epoll = Epoll();
        using SafeFd ready = Event(1);
        Add(epoll, ready, EPOLLIN, data);

        var events = new EpollEvents(capacity: 4);
        Assert.Equal(1, Assert.Ok(Sys.EpollWait(epoll.Number, events, TimeoutMs)));
        Assert.Equal((EPOLLIN, data), (events.EventsAt(0), events.DataAt(0)));
    }

    [Fact]
    public void SeveralEvents_InOneWait_HaveTheirOwnData()
    {
        using SafeFd epoll = Epoll();
        SafeFd[] ready = [.. Enumerable.Range(0, 5).Select(_ => Event(1))];
        for (int i = 0; i < ready.Length; i++)
            Add(epoll, ready[i], EPOLLIN | EPOLLOUT, AllBits + (ulong)i);

        var events = new EpollEvents(capacity: 8);
        int count = Assert.Ok(Sys.EpollWait(epoll.Number, events, TimeoutMs));

        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, count).Select(i => (int)(events.DataAt(i) - AllBits)).Order());
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(EPOLLIN | EPOLLOUT, events.EventsAt(i)));
        Array.ForEach(ready, fd => fd.Dispose());
    }

    [Fact]
    public void MoreReadyThanCapacity_ComeInTurns()
    {
        using SafeFd epoll = Epoll();
        using SafeFd first = Event(1);
        using SafeFd second = Event(1);
        Add(epoll, first, EPOLLIN | EPOLLET, 1);
        Add(epoll, second, EPOLLIN | EPOLLET, 2);

        var events = new EpollEvents(capacity: 1);
        Assert.Equal(1, Assert.Ok(Sys.EpollWait(epoll.Number, events, TimeoutMs)));
        ulong one = events.DataAt(0);
        Assert.Equal(1, Assert.Ok(Sys.EpollWait(epoll.Number, events, TimeoutMs)));
        Assert.Equal(3ul, one + events.DataAt(0));
    }

    [Fact]
    public void LevelTriggered_FiresUntilRead()
    {
        using SafeFd epoll = Epoll();
        using SafeFd ready = Event(1);
        Add(epoll, ready, EPOLLIN, 7);

        Assert.Equal(1, Poll(epoll));
        Assert.Equal(1, Poll(epoll));
        Assert.Ok(Sys.Read(ready.Number, new byte[8]));
        Assert.Equal(0, Poll(epoll));
    }

    [Fact]
    public void EdgeTriggered_FiresOncePerChange()
    {
        using SafeFd epoll = Epoll();
        using SafeFd ready = Event(1);
        Add(epoll, ready, EPOLLIN | EPOLLET, 7);

        Assert.Equal(1, Poll(epoll));
        Assert.Equal(0, Poll(epoll));
        Assert.Ok(Sys.Write(ready.Number, BitConverter.GetBytes(1ul)));
        Assert.Equal(1, Poll(epoll));
    }

    [Fact]
    public void OneShot_IsSilentUntilRearmed()
    {
        using SafeFd epoll = Epoll();
        using SafeFd ready = Event(1);
        Add(epoll, ready, EPOLLIN | EPOLLONESHOT, 7);

        Assert.Equal(1, Poll(epoll));
        Assert.Equal(0, Poll(epoll));
        Assert.Ok(Sys.EpollCtl(epoll.Number, EPOLL_CTL_MOD, ready.Number, EPOLLIN | EPOLLONESHOT, 7));
        Assert.Equal(1, Poll(epoll));
    }

    [Fact]
    public void PeersShutdown_IsSeenAsRdHup()
    {
        using SafeFd epoll = Epoll();
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            Add(epoll, first, EPOLLRDHUP, 1);
            Assert.Equal(0, Poll(epoll));
            Assert.Ok(Sys.Shutdown(second.Number, SHUT_WR));

            var events = new EpollEvents(capacity: 1);
            Assert.Equal(1, Assert.Ok(Sys.EpollWait(epoll.Number, events, TimeoutMs)));
            Assert.Equal(EPOLLRDHUP, events.EventsAt(0));
        }
    }

    [Fact]
    public void EpollCtl_OfTheWrongState_NamesIt()
    {
        using SafeFd epoll = Epoll();
        using SafeFd ready = Event(1);

        Assert.Error(Errno.ENOENT, Sys.EpollCtl(epoll.Number, EPOLL_CTL_DEL, ready.Number, 0, 0));
        Add(epoll, ready, EPOLLIN, 1);
        Assert.Error(Errno.EEXIST, Sys.EpollCtl(epoll.Number, EPOLL_CTL_ADD, ready.Number, EPOLLIN, 1));
    }

    private static SafeFd Epoll() => Loopback.Open(Sys.EpollCreate(EPOLL_CLOEXEC));

    private static SafeFd Event(uint value) => Loopback.Open(Sys.EventFd(value, EFD_CLOEXEC | EFD_NONBLOCK));

    private static void Add(SafeFd epoll, SafeFd fd, uint events, ulong data) =>
        Assert.Ok(Sys.EpollCtl(epoll.Number, EPOLL_CTL_ADD, fd.Number, events, data));

    private static int Poll(SafeFd epoll) => Assert.Ok(Sys.EpollWait(epoll.Number, new EpollEvents(capacity: 4), timeoutMs: 0));
}
