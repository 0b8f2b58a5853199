using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Polling;

/// <summary>What every poller does, whatever the kernel call behind it.</summary>
public sealed class PollerContract
{
    private const int TimeoutMs = 60_000;

    private static readonly PollMode[] s_modes = [.. Enumerable.Range(0, 8).Select(mode => (PollMode)mode)];

    [Theory, PollerData]
    public void Level_ReportsAsLongAsItIsReady(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable);
        Assert.Equal(PollEvents.None, watched.Wait());
        watched.Send();
        Assert.Equal(PollEvents.Readable, watched.Wait());
        Assert.Equal(PollEvents.Readable, watched.Wait());
        watched.Receive();
        Assert.Equal(PollEvents.None, watched.Wait());
    }

    [Theory, PollerData(Needs = PollMode.Edge)]
    public void Edge_ReportsEachChangeOnce(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable, PollMode.Edge);
        watched.Send();
        Assert.Equal(PollEvents.Readable, watched.Wait());
        Assert.Equal(PollEvents.None, watched.Wait());
        watched.Send();
        Assert.Equal(PollEvents.Readable, watched.Wait());
    }

    [Theory, PollerData(Needs = PollMode.OneShot)]
    public void OneShot_IsSilentUntilItIsModified(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable, PollMode.OneShot);
        watched.Send();
        Assert.Equal(PollEvents.Readable, watched.Wait());
        watched.Send();
        Assert.Equal(PollEvents.None, watched.Wait());
        Assert.True(watched.Poller.Modify(watched.Fd, PollEvents.Readable, PollMode.OneShot, Watched.Token).IsOk);
        Assert.Equal(PollEvents.Readable, watched.Wait());
    }

    [Theory, PollerData(Needs = PollMode.Exclusive)]
    public void Exclusive_IsReportedByOneOfTwoAtLeast(PollerCase poller)
    {
        using Watched first = new Watched(poller).Add(PollEvents.Readable, PollMode.Exclusive);
        using IPoller second = poller.Create();
        Assert.True(second.Add(first.Fd, PollEvents.Readable, PollMode.Exclusive, Watched.Token).IsOk);
        first.Send();
        Assert.Equal(PollEvents.Readable, first.Wait());
        Assert.Equal(Errno.EINVAL, second.Modify(first.Fd, PollEvents.Readable, PollMode.Exclusive, Watched.Token).Errno);
    }

    [Theory, PollerData]
    public void UnsupportedModes_AnswerEINVAL_AndTheOthersWork(PollerCase poller)
    {
        foreach (PollMode mode in s_modes)
        {
            using var watched = new Watched(poller);
            watched.Send();
            SysResult added = watched.Poller.Add(watched.Fd, PollEvents.Readable, mode, Watched.Token);
            Assert.Equal((mode, watched.Poller.Supports(mode) ? Errno.None : Errno.EINVAL), (mode, added.Errno));
            Assert.Equal(added.IsOk ? PollEvents.Readable : PollEvents.None, watched.Wait());
        }

        using IPoller created = poller.Create();
        Assert.True(created.Supports(PollMode.Level));
    }

    [Theory, PollerData]
    public void AddTwice_IsEEXIST_AndStrangersAreENOENT(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable);
        Assert.Equal(Errno.EEXIST, watched.Poller.Add(watched.Fd, PollEvents.Readable, PollMode.Level, 1).Errno);
        int stranger = watched.Other.Fd.Number;
        Assert.Equal(Errno.ENOENT, watched.Poller.Modify(stranger, PollEvents.Readable, PollMode.Level, 1).Errno);
        Assert.Equal(Errno.ENOENT, watched.Poller.Remove(stranger).Errno);
        Assert.True(watched.Poller.Remove(watched.Fd).IsOk);
        Assert.Equal(Errno.ENOENT, watched.Poller.Remove(watched.Fd).Errno);
        watched.Send();
        Assert.Equal(PollEvents.None, watched.Wait());
        Assert.Equal(PollEvents.Readable, watched.Add(PollEvents.Readable).Wait());
    }

    [Theory, PollerData]
    public void WhatIsReadyWhenAddedOrModified_IsReported_InEveryMode(PollerCase poller)
    {
        foreach (PollMode mode in s_modes.Where(mode => !mode.HasFlag(PollMode.Exclusive)))
        {
            using var watched = new Watched(poller);
            if (!watched.Poller.Supports(mode))
                continue;
            watched.Send();
            watched.Add(PollEvents.Readable, mode);
            Assert.Equal((mode, PollEvents.Readable), (mode, watched.Wait()));
            Assert.True(watched.Poller.Modify(watched.Fd, PollEvents.Writable, mode, Watched.Token).IsOk);
            Assert.Equal((mode, PollEvents.Writable), (mode, watched.Wait()));
        }
    }

    [Theory, PollerData(NeedsEvents = PollEvents.PeerFinished)]
    public void EverythingThatIsReady_ComesInOneEvent(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable | PollEvents.Writable | PollEvents.PeerFinished);
        Assert.Equal(PollEvents.Writable, watched.Wait());
        watched.Send();
        Assert.Equal(PollEvents.Writable | PollEvents.Readable, watched.Wait());
        watched.Other.Shutdown(SHUT_WR);
        Assert.Equal(PollEvents.Writable | PollEvents.Readable | PollEvents.PeerFinished, watched.Wait());
    }

    [Theory, PollerData(NeedsEvents = PollEvents.HangUp | PollEvents.Error)]
    public void HangUpAndError_AreReportedUnasked(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.None);
        Assert.Equal(PollEvents.None, watched.Wait());
        Assert.True(watched.Socket.Send(new byte[1]).IsOk);
        watched.Other.Dispose();
        Assert.Equal(PollEvents.HangUp | PollEvents.Error, watched.Wait());
    }

    [Theory, PollerData]
    public void TheEndAndAnError_AreAtLeastReadable_WhereThatIsAskedFor(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable | PollEvents.Writable | PollEvents.PeerFinished);
        Assert.Equal(PollEvents.Writable, watched.Wait());
        watched.Other.Shutdown(SHUT_WR);
        Assert.Equal(Told(PollEvents.PeerFinished) | PollEvents.Readable | PollEvents.Writable, watched.Wait());
        Assert.True(watched.Socket.Send(new byte[1]).IsOk);
        watched.Other.Dispose();
        PollEvents all = PollEvents.PeerFinished | PollEvents.HangUp | PollEvents.Error;
        Assert.Equal(Told(all) | PollEvents.Readable | PollEvents.Writable, watched.Wait());
        // With nothing asked for, nothing but what is reported unasked.
        Assert.True(watched.Poller.Modify(watched.Fd, PollEvents.None, PollMode.Level, Watched.Token).IsOk);
        Assert.Equal(Told(PollEvents.HangUp | PollEvents.Error), watched.Wait());

        PollEvents Told(PollEvents events) => events & watched.Poller.Distinguishes;
    }

    [Theory, PollerData]
    public void UrgentData_IsPriority(PollerCase poller)
    {
        using Watched watched = Watched.OverTcp(poller).Add(PollEvents.Priority);
        watched.Send();
        Assert.Equal(PollEvents.None, watched.Wait());
        watched.Other.Send(new byte[1], MSG_OOB);
        Assert.Equal(PollEvents.Priority, watched.Wait(TimeoutMs));
    }

    [Theory, PollerData]
    public void OneShot_IsSilentAfterTheEndAsWell(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable, PollMode.OneShot);
        watched.Other.Dispose();
        Assert.NotEqual(PollEvents.None, watched.Wait());
        Assert.Equal(PollEvents.None, watched.Wait());
        Assert.Equal(Errno.EEXIST, watched.Poller.Add(watched.Fd, PollEvents.Readable, PollMode.OneShot, Watched.Token).Errno);
        Assert.True(watched.Poller.Remove(watched.Fd).IsOk);
        Assert.NotEqual(PollEvents.None, watched.Add(PollEvents.Readable).Wait());
    }

    [Theory, PollerData]
    public void Add_OfNoDescriptor_IsEBADF(PollerCase poller)
    {
        using IPoller created = poller.Create();
        Assert.Equal(Errno.EBADF, created.Add(-1, PollEvents.Readable, PollMode.Level, 1).Errno);
    }

    // FD_SETSIZE, the C library's limit, is 1,024.
    [Theory, PollerData]
    public void NumbersBeyond1024_AreWatchedLikeOthers(PollerCase poller)
    {
        using var watched = new Watched(poller);
        List<SafeFd> copies = [.. new[] { 1023, 1024, 1500, 4000, 2000, 4095, 4096, 9000 }.Select(watched.Copy)];
        for (int i = 0; i < copies.Count; i++)
            Assert.True(watched.Poller.Add(copies[i].Number, PollEvents.Readable, PollMode.Level, (ulong)i).IsOk);
        Assert.Equal([], watched.WaitTokens());
        watched.Send();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], watched.WaitTokens());
        Assert.True(watched.Poller.Remove(copies[3].Number).IsOk);
        Assert.True(watched.Poller.Remove(copies[0].Number).IsOk);
        Assert.Equal([1, 2, 4, 5, 6, 7], watched.WaitTokens());
        Assert.True(watched.Poller.Add(copies[3].Number, PollEvents.Readable, PollMode.Level, 8).IsOk);
        Assert.Equal([1, 2, 4, 5, 6, 7, 8], watched.WaitTokens());
        copies.ForEach(copy =>
        {
            watched.Poller.Remove(copy.Number);
            copy.Dispose();
        });
        Assert.Equal([], watched.WaitTokens());
    }

    // More than any of them has room for at first, and more than one wait of a loop brings.
    [Theory, PollerData]
    public void ManyDescriptors_AreAllReported_WhateverHasComeAndGone(PollerCase poller)
    {
        const int Count = 2_000;
        using var watched = new Watched(poller);
        List<SafeFd> copies = [.. Enumerable.Range(0, Count).Select(_ => watched.Copy(lowestNumber: 0))];
        for (int i = 0; i < Count; i++)
            Assert.True(watched.Poller.Add(copies[i].Number, PollEvents.Readable, PollMode.Level, (ulong)i).IsOk);
        for (int i = 0; i < Count; i += 3)
            Assert.True(watched.Poller.Remove(copies[i].Number).IsOk);
        for (int i = 0; i < Count; i += 6)
            Assert.True(watched.Poller.Add(copies[i].Number, PollEvents.Readable, PollMode.Level, (ulong)i).IsOk);
        watched.Send();

        HashSet<ulong> told = [];
        var ready = new ReadyEvent[100];
        for (int wait = 0; wait < Count && told.Count < Count - (Count / 6); wait++)
        {
            int found = watched.Poller.Wait(ready, 0).Value;
            told.UnionWith(ready[..found].Select(found => found.Token));
        }

        Assert.Equal(Enumerable.Range(0, Count).Where(i => i % 6 != 3).Select(i => (ulong)i), told.Order());
        copies.ForEach(copy =>
        {
            watched.Poller.Remove(copy.Number);
            copy.Dispose();
        });
    }

    [Theory, PollerData]
    public async Task Wait_WithoutLimit_EndsWhenAnotherThreadMakesItReady(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable);
        Task<PollEvents> waiting = Task.Factory.StartNew(() => watched.Wait(timeoutMs: -1), TaskCreationOptions.LongRunning);
        await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.False(waiting.IsCompleted);
        watched.Send();
        Assert.Equal(PollEvents.Readable, await waiting.InTime());
    }

    [Theory, PollerData]
    public void Wait_ReportsNothing_WhenTheTimeIsOver(PollerCase poller)
    {
        using Watched watched = new Watched(poller).Add(PollEvents.Readable);
        long start = TimeProvider.System.GetTimestamp();
        Assert.Equal(PollEvents.None, watched.Wait(timeoutMs: 20));
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(19));
    }

    [Theory, PollerData]
    public void MoreReadyThanAsked_ComeWithTheNextWaits(PollerCase poller)
    {
        const int Count = 10;
        using IPoller created = poller.Create();
        List<(KernelSocket First, KernelSocket Second)> pairs = [.. Enumerable.Range(0, Count).Select(_ => KernelSocket.CreatePair(SOCK_STREAM))];
        for (int i = 0; i < Count; i++)
        {
            Assert.True(created.Add(pairs[i].First.Fd.Number, PollEvents.Readable, PollMode.Level, (ulong)i).IsOk);
            pairs[i].Second.Send(new byte[1]);
        }

        // Level, and nobody serves them: all have their turn all the same.
        HashSet<ulong> told = [];
        var one = new ReadyEvent[1];
        for (int wait = 0; wait < Count; wait++)
        {
            Assert.Equal(1, created.Wait(one, 0).Value);
            told.Add(one[0].Token);
        }

        Assert.Equal(Count, told.Count);
        HashSet<ulong> seen = [];
        var ready = new ReadyEvent[4];
        for (int wait = 0; wait < Count && seen.Count < Count; wait++)
        {
            int count = created.Wait(ready, 0).Value;
            Assert.Equal(count, ready[..count].DistinctBy(found => found.Token).Count());
            // As a loop does: what is reported is served, so a fair poller comes to the others.
            foreach (ReadyEvent found in ready[..count])
            {
                seen.Add(found.Token);
                pairs[(int)found.Token].First.Receive(new byte[1]);
            }
        }

        Assert.Equal(Count, seen.Count);
        pairs.ForEach(pair =>
        {
            pair.First.Dispose();
            pair.Second.Dispose();
        });
    }
}
