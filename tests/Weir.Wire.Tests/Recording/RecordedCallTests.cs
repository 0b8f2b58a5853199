using Weir.Linux;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Recording;

/// <summary>Calls that ask about sockets, or move several things at once.</summary>
public sealed class RecordedCallTests
{
    [HostFact]
    public async Task WaitingOfEveryKind_BelongsToTheHostOfTheSocket()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            int fd = server.Fd.Number;
            using var epoll = new SafeFd(Sys.EpollCreate(0).Value);
            var events = new EpollEvents(4);
            Assert.True(Sys.EpollCtl(epoll.Number, EPOLL_CTL_ADD, fd, EPOLLIN, data: 1).IsOk);
            Assert.Equal(0, Sys.EpollWait(epoll.Number, events, timeoutMs: 0).Value);
            ulong[] readable = new ulong[(fd / NFDBITS) + 1];
            readable[fd / NFDBITS] = 1UL << (fd % NFDBITS);
            Assert.Equal(0, Sys.Select(fd + 1, readable, [], [], TimeSpan.Zero).Value);
            Assert.True(Sys.IoctlInt(fd, SIOCINQ, out _).IsOk);
            Assert.Equal(Errno.EAGAIN, Sys.RecvMMsg(fd, new mmsghdr[1], MSG_DONTWAIT).Errno);

            Timeline timeline = recorder.Stop();

            string[] calls = [.. timeline.Events.OfType<CallEvent>().Where(call => timeline.Participants[call.Participant] == "server").Select(call => $"{call.Name}({call.Arguments})")];
            Assert.Equal(
                [
                    $"epoll_ctl(fd {epoll.Number}, EPOLL_CTL_ADD, fd {fd})", $"epoll_wait(fd {epoll.Number}, 4)", $"select(fd {fd})", $"ioctl(fd {fd}, SIOCINQ)",
                    $"recvmmsg(fd {fd}, 1 messages, MSG_DONTWAIT)",
                ],
                calls[^5..]);
        }
    }
}
