using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Messages;

/// <summary>A pipe, whose reading end tells whether anybody still has the other one.</summary>
internal sealed class PipeEnds : IDisposable
{
    public PipeEnds()
    {
        Assert.True(Sys.Pipe(out int reading, out int writing, O_CLOEXEC).IsOk);
        (Read, Write) = (new SafeFd(reading), new SafeFd(writing));
    }

    public SafeFd Read { get; }

    public SafeFd Write { get; }

    /// <summary>Gives the writing end away, and keeps none.</summary>
    public void SendWriteEnd(KernelSocket to, int times = 1)
    {
        Span<byte> room = new byte[ControlMessageWriter.SpaceFor(times * sizeof(int))];
        var control = new ControlMessageWriter(room);
        control.AddDescriptors([.. Enumerable.Repeat(Write.Number, times)]);
        Assert.True(to.SendMessage("a pipe"u8, control.Written).IsOk);
        Write.Dispose();
    }

    /// <summary>pipe(7): the end comes when the last copy of the writing end is closed.</summary>
    public void ExpectNoWriter()
    {
        pollfd end = new() { fd = Read.Number, events = POLLIN };
        while (Sys.Poll(new Span<pollfd>(ref end), Deadline.Generous).Errno == Errno.EINTR)
            end.revents = 0;
        Assert.Equal(POLLHUP, end.revents);
    }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }
}
