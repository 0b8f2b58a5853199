using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class SelectTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void EachSet_SaysWhatItsDescriptorsAreReadyFor()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            int count = Math.Max(first.Number, second.Number) + 1;
            ulong[] readable = Set(count, first, second);
            ulong[] writable = Set(count, first);
            ulong[] exceptional = Set(count, first, second);
            Assert.Ok(Sys.Write(second.Number, [1]));

            Assert.Equal(2, Assert.Ok(Sys.Select(count, readable, writable, exceptional, s_limit)));

            Assert.Equal((true, false), (Has(readable, first), Has(readable, second)));
            Assert.Equal((true, false), (Has(writable, first), Has(writable, second)));
            Assert.All(exceptional, word => Assert.Equal(0UL, word));
        }
    }

    [Fact]
    public void ANumberBeyondTheCLibrarysSets_IsSeen()
    {
        using SafeFd low = Loopback.Open(Sys.EventFd(1, EFD_CLOEXEC));
        using SafeFd high = Loopback.Open(Sys.Duplicate(low.Number, 1500));
        Assert.InRange(high.Number, 1500, int.MaxValue);
        ulong[] readable = Set(high.Number + 1, low, high);

        Assert.Equal(2, Assert.Ok(Sys.Select(high.Number + 1, readable, [], [], s_limit)));

        Assert.Equal((true, true), (Has(readable, low), Has(readable, high)));
    }

    [Fact]
    public void Time_IsOver_WhenNothingIsReady_AndTheSetIsEmptied()
    {
        using SafeFd silent = Loopback.Open(Sys.EventFd(0, EFD_CLOEXEC));
        ulong[] readable = Set(silent.Number + 1, silent);
        long start = TimeProvider.System.GetTimestamp();

        SysResult result;
        do
        {
            // The runtime stops threads by a signal, and select(2) is not restarted after one (signal(7)); the set then stays.
            result = Sys.Select(silent.Number + 1, readable, [], [], TimeSpan.FromMilliseconds(20));
        }
        while (result.Errno == Errno.EINTR);

        Assert.Equal(0, Assert.Ok(result));

        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(19));
        Assert.False(Has(readable, silent));
    }

    [Fact]
    public void AClosedDescriptor_IsEBADF_AndTheSetStays()
    {
        SafeFd closed = Loopback.Open(Sys.EventFd(0, EFD_CLOEXEC));
        // The lowest free number goes to whoever opens next; a high one stays free.
        int number = Assert.Ok(Sys.Duplicate(closed.Number, 700));
        Assert.Ok(Sys.Close(number));
        closed.Dispose();
        ulong[] readable = new ulong[(number / NFDBITS) + 1];
        readable[^1] = 1UL << (number % NFDBITS);

        Assert.Error(Errno.EBADF, Sys.Select(number + 1, readable, [], [], TimeSpan.Zero));

        Assert.Equal(1UL << (number % NFDBITS), readable[^1]);
    }

    [Fact]
    public void ASetThatIsTooShort_IsRefusedBeforeTheCall()
    {
        Assert.Throws<ArgumentException>("readable", () => Sys.Select(65, new ulong[1], [], [], TimeSpan.Zero));
        Assert.Throws<ArgumentException>("exceptional", () => Sys.Select(65, new ulong[2], [], new ulong[1], TimeSpan.Zero));
    }

    private static ulong[] Set(int count, params SafeFd[] fds)
    {
        ulong[] set = new ulong[(count + NFDBITS - 1) / NFDBITS];
        foreach (SafeFd fd in fds)
            set[fd.Number / NFDBITS] |= 1UL << (fd.Number % NFDBITS);
        return set;
    }

    private static bool Has(ulong[] set, SafeFd fd) => (set[fd.Number / NFDBITS] & (1UL << (fd.Number % NFDBITS))) != 0;
}
