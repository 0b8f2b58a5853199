using Weir.Linux;
using Weir.Sockets;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

/// <summary>Alone, because for one call this process can open hardly anything.</summary>
[Collection(nameof(Alone))]
public sealed class LostDescriptorsTests
{
    // Many more than there is room for, and room for more than one: a thread of the runtime may open or close some meanwhile.
    private const int Room = 20;
    private const int Sent = 100;

    [Fact]
    public void DescriptorsWithoutRoom_AreLost_AndTheMessageSaysSo()
    {
        (KernelSocket from, KernelSocket to) = KernelSocket.CreatePair(SOCK_SEQPACKET);
        using (from)
        using (to)
        {
            using PipeEnds pipe = new();
            pipe.SendWriteEnd(from, times: Sent);
            var message = new Message();

            SysResult received = DescriptorRoom.For(Room, () => message.Receive(to, maxBytes: 100));

            Assert.Equal(6, received.Value);
            Assert.True(message.HasLostDescriptors);
            Assert.InRange(message.DescriptorCount, 1, Sent - 1);
            message.Release();
            Assert.False(message.HasLostDescriptors);
            pipe.ExpectNoWriter();
        }
    }
}
