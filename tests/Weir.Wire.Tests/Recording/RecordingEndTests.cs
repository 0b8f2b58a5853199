using Weir.Linux;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Recording;

/// <summary>How recordings end, and what ends before them.</summary>
[Collection(Alone.Name)]
public sealed class RecordingEndTests
{
    [HostFact]
    public async Task AfterTheNetwork_SocketsAreClosedAsEver_AndTheRecordingIsStillThere()
    {
        Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        await pair.DisposeAsync();

        client.Dispose();
        server.Dispose();
        Timeline timeline = recorder.Stop();

        CallEvent[] closed = [.. timeline.Events.OfType<CallEvent>().Where(call => call.Name == "close")];
        Assert.Equal([$"fd {client.Fd.Number}", $"fd {server.Fd.Number}"], closed[^2..].Select(call => call.Arguments));
        Assert.Contains(timeline.Events, happening => happening is NoteEvent { Participant: not null });
    }

    [HostFact]
    public async Task WithoutDescriptors_ACallSaysSo_AndTheWireGoesOnBeingSeen()
    {
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        using (client)
        using (server)
        {
            WithoutDescriptors(() =>
            {
                Assert.Equal(Errno.EMFILE, Assert.Throws<SocketCallException>(() => pair.Client.Socket(AF_INET, SOCK_STREAM)).Errno);
                client.Send("1"u8);
                Assert.True(server.WaitFor(POLLIN, Deadline.Generous));
            });
            client.Send("2"u8);
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 2);
        }

        Timeline timeline = recorder.Stop();

        Assert.Equal(2, timeline.Events.OfType<SegmentEvent>().Count());
        Assert.Null(pair.Wire.ObserverError);
        Assert.Contains(timeline.Events, happening => happening is CallEvent { Name: "socket", Errno: Errno.EMFILE });
        Assert.Contains(timeline.Events, happening => happening is NoteEvent);
    }

    [HostFact]
    public async Task StoppedTwice_ItIsTheSame()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        client.Dispose();
        server.Dispose();

        Timeline first = recorder.Stop();

        Assert.Same(first, recorder.Stop());
    }

    [HostFact]
    public async Task CallsAtTheEnd_AreThereOnce_WhetherTheyHaveReturnedOrNot()
    {
        await using Pair pair = Pair.Create();
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            for (int round = 0; round < 20; round++)
            {
                int sent = 0;
                using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network, new RecorderOptions { SamplesStates = false });
                using var ending = new CancellationTokenSource();
                Task sending = Task.Run(() =>
                {
                    while (!ending.IsCancellationRequested)
                    {
                        client.Send("x"u8);
                        Volatile.Write(ref sent, sent + 1);
                    }
                });
                await Eventually.True(() => Volatile.Read(ref sent) > 10);
                Timeline timeline = recorder.Stop();
                await ending.CancelAsync();
                await sending.InTime();

                CallEvent[] calls = [.. timeline.Events.OfType<CallEvent>().Where(call => call.Name == "send")];
                Assert.Equal(calls.Length, calls.DistinctBy(call => call.TimeNs).Count());
                Assert.All(calls[..^1], call => Assert.NotNull(call.EndNs));
            }
        }
    }

    private static void WithoutDescriptors(Action call)
    {
        // A finalizer would make room.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        using var lowest = new SafeFd(Sys.EventFd(0, EFD_CLOEXEC).Value);
        Sys.SetResourceLimit(RLIMIT_NOFILE, limit with { rlim_cur = (ulong)lowest.Number + 1 });
        try
        {
            call();
        }
        finally
        {
            Sys.SetResourceLimit(RLIMIT_NOFILE, limit);
        }
    }
}
