using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Bench.Peers.BareUring;

/// <summary>Multishot accept and receives like c-uring; answers are sent where they are received.</summary>
internal sealed class EchoLoop
{
    private readonly int _listener;
    private readonly Ring _ring = new();
    private readonly BufferRing _buffers;

    // Only connections whose peer doesn't read have an entry.
    private readonly Dictionary<int, byte[]> _unsent = [];

    public EchoLoop(int listener)
    {
        _listener = listener;
        _buffers = new BufferRing(_ring.Fd);
    }

    public void Run()
    {
        ArmAccept();
        while (true)
        {
            _ring.Enter(waitFor: 1);
            while (_ring.TryTake(out io_uring_cqe completion))
                Dispatch(completion);
        }
    }

    private void Dispatch(io_uring_cqe completion)
    {
        (Operation operation, int fd) = Ring.Meaning(completion.user_data);
        if (operation == Operation.Receive)
            Echo(fd, completion);
        else if (operation == Operation.WaitForRoom)
            Flush(fd);
        else
            Accept(completion);
    }

    private void Accept(io_uring_cqe completion)
    {
        if (completion.res >= 0)
            ArmReceive(completion.res);
        if ((completion.flags & IORING_CQE_F_MORE) == 0)
            ArmAccept();
    }

    private void Echo(int fd, io_uring_cqe completion)
    {
        if (completion.res > 0)
        {
            int id = (int)(completion.flags >> IORING_CQE_BUFFER_SHIFT);
            SendOrKeep(fd, _buffers.Received(id, completion.res));
            _buffers.Give(id);
        }
        else if (completion.res != -(int)Errno.ENOBUFS)
        {
            _unsent.Remove(fd);
            Sys.Close(fd);
            return;
        }

        if ((completion.flags & IORING_CQE_F_MORE) == 0)
            ArmReceive(fd);
    }

    // A send that fails for good is followed by a receive that tells the end.
    private void SendOrKeep(int fd, ReadOnlySpan<byte> bytes)
    {
        if (_unsent.TryGetValue(fd, out byte[]? before))
        {
            _unsent[fd] = [.. before, .. bytes];
            return;
        }

        SysResult sent = Sys.Send(fd, bytes, MSG_NOSIGNAL);
        if (sent.IsOk ? sent.Value < bytes.Length : sent.Errno == Errno.EAGAIN)
            Keep(fd, bytes[(sent.IsOk ? sent.Value : 0)..]);
    }

    private void Keep(int fd, ReadOnlySpan<byte> bytes)
    {
        _unsent[fd] = bytes.ToArray();
        _ring.Prepare(Operation.WaitForRoom, IORING_OP_POLL_ADD, fd).msg_flags = EPOLLOUT;
    }

    private void Flush(int fd)
    {
        if (_unsent.Remove(fd, out byte[]? bytes))
            SendOrKeep(fd, bytes);
    }

    private void ArmAccept()
    {
        ref io_uring_sqe entry = ref _ring.Prepare(Operation.Accept, IORING_OP_ACCEPT, _listener);
        entry.ioprio = (ushort)IORING_ACCEPT_MULTISHOT;
        entry.msg_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    }

    private void ArmReceive(int fd)
    {
        ref io_uring_sqe entry = ref _ring.Prepare(Operation.Receive, IORING_OP_RECV, fd);
        entry.flags = (byte)IOSQE_BUFFER_SELECT;
        entry.ioprio = (ushort)IORING_RECV_MULTISHOT;
        entry.buf_group = BufferRing.Group;
    }
}
