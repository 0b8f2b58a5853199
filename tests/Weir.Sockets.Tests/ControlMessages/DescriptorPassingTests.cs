using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.ControlMessages;

/// <summary>SCM_RIGHTS: descriptors that travel through a unix socket (unix(7)).</summary>
public sealed class DescriptorPassingTests : IDisposable
{
    private readonly KernelSocket _sender;
    private readonly KernelSocket _receiver;
    private readonly SafeFd _readEnd;
    private readonly SafeFd _writeEnd;
    private readonly string _pipe;

    public DescriptorPassingTests()
    {
        (_sender, _receiver) = KernelSocket.CreatePair(SOCK_STREAM);
        (_readEnd, _writeEnd, _pipe) = Descriptors.Pipe();
    }

    [Fact]
    public void APipe_ArrivesAsANewDescriptorThatReadsTheSameBytes()
    {
        Send(_readEnd.Number);

        using SafeFd received = Assert.Single(Receive(controlBytes: 64, out ReceivedMessage message));

        Assert.False(message.IsControlTruncated);
        Assert.NotEqual(_readEnd.Number, received.Number);
        Assert.Equal(_pipe, Descriptors.Target(received.Number));
        Assert.Equal(O_CLOEXEC, Descriptors.Flags(received.Number) & O_CLOEXEC);
        Assert.Ok(Sys.Write(_writeEnd.Number, "through"u8));
        byte[] buffer = new byte[16];
        Assert.Equal(7, Assert.Ok(Sys.Read(received.Number, buffer)));
    }

    [Fact]
    public void AListener_ArrivesAndAccepts()
    {
        KernelSocket listener = Loopback.Listener(SocketScheme.Tcp4);
        Send(listener.Fd.Number);
        listener.Dispose();

        SafeFd received = Assert.Single(Receive(controlBytes: 64, out _));
        using var adopted = KernelSocket.Adopt(Assert.Ok(Sys.Duplicate(received.Number)));
        received.Dispose();

        using KernelSocket client = Loopback.Create(SocketScheme.Tcp4);
        client.Connect(adopted.LocalAddress, Deadline.Generous);
        using KernelSocket server = Loopback.AcceptFrom(adopted);
        Assert.Equal(client.LocalAddress, server.PeerAddress);
    }

    [Fact]
    public void SeveralAtOnce_ArriveInOrder()
    {
        Send(_readEnd.Number, _sender.Fd.Number, _writeEnd.Number);

        SafeFd[] received = Receive(controlBytes: 64, out _);

        Assert.Equal(
            [_pipe, Descriptors.Target(_sender.Fd.Number), _pipe],
            received.Select(descriptor => Descriptors.Target(descriptor.Number)));
        Assert.Equal(4, Descriptors.CountOf(_pipe));
        Array.ForEach(received, descriptor => descriptor.Dispose());
        Assert.Equal(2, Descriptors.CountOf(_pipe));
    }

    [Fact]
    public void WithRoomForTwoOfThree_TheThirdIsClosed()
    {
        Send(_readEnd.Number, _readEnd.Number, _readEnd.Number);

        SafeFd[] received = Receive(ControlMessageWriter.SpaceFor(2 * sizeof(int)), out ReceivedMessage message);

        Assert.True(message.IsControlTruncated);
        Assert.Equal(2, received.Length);
        Assert.Equal(4, Descriptors.CountOf(_pipe));
        Array.ForEach(received, descriptor => descriptor.Dispose());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void WithoutRoom_AllAreClosed(int controlBytes)
    {
        Send(_readEnd.Number, _writeEnd.Number);

        Assert.Empty(Receive(controlBytes, out ReceivedMessage message));

        Assert.True(message.IsControlTruncated);
        Assert.Equal(2, Descriptors.CountOf(_pipe));
    }

    [Fact]
    public void PlainReceive_ClosesThem()
    {
        Send(_readEnd.Number);

        Assert.Equal("x", _receiver.ReceiveText());

        Assert.Equal(2, Descriptors.CountOf(_pipe));
    }

    [Fact]
    public void CloseDescriptors_ClosesWhatNobodyTakes()
    {
        Send(_readEnd.Number, _writeEnd.Number);
        byte[] control = new byte[64];
        Assert.Ok(_receiver.ReceiveMessage(new byte[1], control, out ReceivedMessage message));
        Assert.Equal(4, Descriptors.CountOf(_pipe));

        ControlMessageReader.CloseDescriptors(control.AsSpan(0, message.ControlBytes));

        Assert.Equal(2, Descriptors.CountOf(_pipe));
    }

    [Fact]
    public void TakeDescriptors_Twice_IsRefused()
    {
        Send(_readEnd.Number);
        byte[] control = new byte[64];
        Assert.Ok(_receiver.ReceiveMessage(new byte[1], control, out ReceivedMessage message));
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlBytes));
        Assert.True(reader.MoveNext());
        using SafeFd taken = Assert.Single(reader.TakeDescriptors());

        InvalidOperationException? refusal = null;
        try
        {
            reader.TakeDescriptors();
        }
        catch (InvalidOperationException exception)
        {
            refusal = exception;
        }

        Assert.Equal("The descriptors are taken.", refusal?.Message);
    }

    [Fact]
    public void Peek_ReceivesThemAnew()
    {
        Send(_readEnd.Number);

        using SafeFd peeked = Assert.Single(Receive(controlBytes: 64, out _, MSG_PEEK));
        using SafeFd received = Assert.Single(Receive(controlBytes: 64, out _));

        Assert.NotEqual(peeked.Number, received.Number);
        Assert.Equal(4, Descriptors.CountOf(_pipe));
    }

    [Fact]
    public void ADescriptorThatIsNotOpen_IsRefused() => Assert.Failed(Errno.EBADF, TrySend(int.MaxValue));

    [Fact]
    public void MoreThanTheKernelTakes_IsRefused() =>
        Assert.Failed(Errno.EINVAL, TrySend([.. Enumerable.Repeat(_readEnd.Number, 254)]));

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _readEnd.Dispose();
        _writeEnd.Dispose();
    }

    private void Send(params int[] descriptors) => Assert.Equal(1, Assert.Ok(TrySend(descriptors)));

    private SysResult TrySend(params int[] descriptors)
    {
        var writer = new ControlMessageWriter(new byte[ControlMessageWriter.SpaceFor(descriptors.Length * sizeof(int))]);
        writer.AddDescriptors(descriptors);
        return _sender.SendMessage("x"u8, writer.Written);
    }

    private SafeFd[] Receive(int controlBytes, out ReceivedMessage message, int flags = 0)
    {
        byte[] control = new byte[controlBytes];
        Assert.Equal(1, Assert.Ok(_receiver.ReceiveMessage(new byte[8], control, out message, flags)));
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlBytes));
        List<SafeFd> descriptors = [];
        while (reader.MoveNext())
        {
            Assert.True(reader.IsDescriptors);
            descriptors.AddRange(reader.TakeDescriptors());
        }

        return [.. descriptors];
    }
}
