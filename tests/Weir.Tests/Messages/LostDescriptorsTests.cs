using Weir.Linux;
using Weir.Sockets;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

/// <summary>Alone, because for one call this process can open nothing.</summary>
[Collection(nameof(Alone))]
public sealed class LostDescriptorsTests
{
    [Fact]
    public void DescriptorsWithoutRoom_AreLost_AndTheMessageSaysSo()
    {
        (KernelSocket from, KernelSocket to) = KernelSocket.CreatePair(SOCK_SEQPACKET);
        using (from)
        using (to)
        {
            using PipeEnds pipe = new();
            pipe.SendWriteEnd(from, twice: true);
            var message = new Message();

            SysResult received = WithRoomForOneDescriptor(() => message.Receive(to, maxBytes: 100));

            Assert.Equal(6, received.Value);
            Assert.True(message.HasLostDescriptors);
            Assert.Equal(1, message.DescriptorCount);
            message.Release();
            Assert.False(message.HasLostDescriptors);
            pipe.ExpectNoWriter();
        }
    }

    private static SysResult WithRoomForOneDescriptor(Func<SysResult> call)
    {
        using PipeEnds probe = new();
        int next = Sys.Duplicate(probe.Read.Number).Value;
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        Sys.Close(next);
        Sys.SetResourceLimit(RLIMIT_NOFILE, limit with { rlim_cur = (ulong)next + 1 });
        try
        {
            return call();
        }
        finally
        {
            Sys.SetResourceLimit(RLIMIT_NOFILE, limit);
        }
    }
}
