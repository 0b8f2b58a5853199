using Weir.Linux;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.ControlMessages;

/// <summary>SCM_CREDENTIALS: who sent a message (unix(7)).</summary>
public sealed class CredentialsPassingTests
{
    [Theory]
    [InlineData(SOCK_STREAM)]
    [InlineData(SOCK_DGRAM)]
    [InlineData(SOCK_SEQPACKET)]
    public void Credentials_ComeWhenTheReceiverAsks(int type)
    {
        (KernelSocket sender, KernelSocket receiver) = KernelSocket.CreatePair(type);
        using (sender)
        using (receiver)
        {
            Assert.Ok(sender.Send("before"u8));
            Assert.Equal([], Receive(receiver));

            receiver.Set(SocketOptions.PassCredentials, true);
            Assert.Ok(sender.Send("after"u8));

            Assert.Equal([ProcessItself.Credentials], Receive(receiver));
        }
    }

    [Fact]
    public void Credentials_OfOneself_MayBeSaid()
    {
        (KernelSocket sender, KernelSocket receiver) = KernelSocket.CreatePair(SOCK_DGRAM);
        using (sender)
        using (receiver)
        {
            receiver.Set(SocketOptions.PassCredentials, true);
            Assert.Ok(Send(sender, ProcessItself.Credentials));

            Assert.Equal([ProcessItself.Credentials], Receive(receiver));
        }
    }

    [Fact]
    public void Credentials_OfAnotherUser_MayBeSaidByRootOnly()
    {
        (KernelSocket sender, KernelSocket receiver) = KernelSocket.CreatePair(SOCK_DGRAM);
        using (sender)
        using (receiver)
        {
            receiver.Set(SocketOptions.PassCredentials, true);
            ProcessCredentials other = ProcessItself.Credentials with { UserId = 12_345 };

            SysResult sent = Send(sender, other);

            if (!ProcessItself.IsRoot)
            {
                Assert.Failed(Errno.EPERM, sent);
                return;
            }

            Assert.Ok(sent);
            Assert.Equal([other], Receive(receiver));
        }
    }

    [Fact]
    public void CredentialsAndDescriptors_TravelTogether()
    {
        (KernelSocket sender, KernelSocket receiver) = KernelSocket.CreatePair(SOCK_STREAM);
        using (sender)
        using (receiver)
        {
            receiver.Set(SocketOptions.PassCredentials, true);
            var writer = new ControlMessageWriter(new byte[ControlMessageWriter.SpaceFor(12) + ControlMessageWriter.SpaceFor(4)]);
            writer.AddCredentials(ProcessItself.Credentials);
            writer.AddDescriptors([sender.Fd.Number]);
            Assert.Ok(sender.SendMessage("x"u8, writer.Written));
            byte[] control = new byte[128];
            Assert.Ok(receiver.ReceiveMessage(new byte[8], control, out ReceivedMessage message));

            ReadOnlySpan<byte> filled = control.AsSpan(0, message.ControlBytes);
            Assert.Equal([ProcessItself.Credentials], Read(filled));
            Assert.Equal(2, Descriptors.CountOf(Descriptors.Target(sender.Fd.Number)!));
            ControlMessageReader.CloseDescriptors(filled);
            Assert.Equal(1, Descriptors.CountOf(Descriptors.Target(sender.Fd.Number)!));
        }
    }

    private static SysResult Send(KernelSocket sender, ProcessCredentials credentials)
    {
        var writer = new ControlMessageWriter(new byte[64]);
        writer.AddCredentials(credentials);
        return sender.SendMessage("x"u8, writer.Written);
    }

    private static List<ProcessCredentials> Receive(KernelSocket receiver)
    {
        byte[] control = new byte[64];
        Assert.Ok(receiver.ReceiveMessage(new byte[8], control, out ReceivedMessage message));
        return Read(control.AsSpan(0, message.ControlBytes));
    }

    private static List<ProcessCredentials> Read(ReadOnlySpan<byte> control)
    {
        List<ProcessCredentials> credentials = [];
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.IsCredentials)
                credentials.Add(reader.ReadCredentials());
        }

        return credentials;
    }
}
