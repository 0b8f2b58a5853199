using System.Net.Sockets;
using Weir.Linux;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Wires;

/// <summary>Sending one frame when there is no room: on a unix socket, whose receiver says when there is.</summary>
public sealed class RoomTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _receiver = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public RoomTests()
    {
        _receiver.Bind(new UnixDomainSocketEndPoint(_folder.File("receiver")));
        _sender.Connect(new UnixDomainSocketEndPoint(_folder.File("receiver")));
    }

    [Fact]
    public void WithoutRoom_ItIsGivenUp_AtTheLimit()
    {
        using SafeFd sender = Fill();
        long start = TimeProvider.System.GetTimestamp();

        SysResult sent = PacketSocket.Send(sender, "x"u8, TimeSpan.FromMilliseconds(30), out _);

        Assert.Equal(Errno.EAGAIN, sent.Errno);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public async Task WhenRoomComes_ItIsSent()
    {
        using SafeFd sender = Fill();

        Task<SysResult> sending = Task.Factory.StartNew(() => PacketSocket.Send(sender, "x"u8, Deadline.Generous, out _), TaskCreationOptions.LongRunning);
        Assert.Equal(1, _receiver.Receive(new byte[8]));

        Assert.True((await sending.InTime()).IsOk);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _folder.Dispose();
    }

    private SafeFd Fill()
    {
        SysResult own = Sys.Duplicate((int)_sender.Handle);
        var sender = new SafeFd(own.Value);
        while (PacketSocket.Send(sender, "x"u8, TimeSpan.Zero, out _).IsOk)
        {
        }

        return sender;
    }
}
