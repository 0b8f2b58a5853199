// Many clients on one thread: a loop asks the kernel which descriptors are ready and calls the function registered for each.
// Here every line comes back in capitals. `dotnet run --project samples/MicroLoop -- 3110`, then `socat - TCP4:127.0.0.1:3110`, twice.
using System.Net;
using System.Text;
using Weir.Linux;
using Weir.Polling;
using Weir.Sockets;
using static Weir.Linux.Uapi;

using KernelSocket listener = KernelSocket.Create(AF_INET, SOCK_STREAM);
listener.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: args.Length > 0 ? int.Parse(args[0]) : 3110));
listener.Listen(backlog: 128);
Console.WriteLine($"listening on {listener.LocalAddress}");

// The listener is readable when somebody waits to be accepted. One accept per call: what is left makes it readable again.
var loop = new TinyLoop();
loop.Register(listener, () =>
{
    if (listener.TryAccept(out _) is { } connection)
        AnswerLines(new LineStream(loop, connection));
});
loop.Run();

// A conversation is a chain of callbacks: read a line, answer, read the next one. Between two lines it takes no thread.
static void AnswerLines(LineStream stream) => stream.ReadUntil((byte)'\n', line =>
{
    stream.Write(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(line).ToUpperInvariant()));
    AnswerLines(stream);
});

/// <summary>The whole of an event loop: wait, call whoever is ready, again.</summary>
internal sealed class TinyLoop
{
    private readonly EpollPoller _poller = new();
    private readonly Dictionary<ulong, Action> _handlers = [];

    // Level-triggered: a descriptor is reported as long as it is ready, so a handler may take less than there is.
    public void Register(KernelSocket socket, Action handler)
    {
        _handlers[Id(socket)] = handler;
        _poller.Add(socket.Fd.Number, PollEvents.Readable, PollMode.Level, Id(socket));
    }

    public void Watch(KernelSocket socket, PollEvents interest) => _poller.Modify(socket.Fd.Number, interest, PollMode.Level, Id(socket));

    public void Close(KernelSocket socket)
    {
        _handlers.Remove(Id(socket));
        socket.Dispose(); // which takes it out of the epoll set as well
    }

    public void Run()
    {
        for (var ready = new ReadyEvent[64]; ;)
            foreach (ReadyEvent one in ready.AsSpan(0, _poller.Wait(ready, timeoutMs: -1).Value))
                _handlers.GetValueOrDefault(one.Token)?.Invoke();
    }

    private static ulong Id(KernelSocket socket) => (ulong)socket.Fd.Number;
}

/// <summary>A connection with a buffer each way: the kernel gives and takes what it likes, this makes whole lines of it.</summary>
internal sealed class LineStream(TinyLoop loop, KernelSocket socket)
{
    private readonly List<byte> _unread = [], _unsent = [];

    public void Write(byte[] bytes) => _unsent.AddRange(bytes);

    public void ReadUntil(byte delimiter, Action<byte[]> onLine, int limitBytes = 4096)
    {
        int length = _unread.IndexOf(delimiter) + 1;
        if (length == 0)
        {
            loop.Register(socket, () => OnReady(() => ReadUntil(delimiter, onLine, limitBytes), limitBytes));
            return;
        }

        byte[] line = [.. _unread[..length]];
        _unread.RemoveRange(0, length);
        onLine(line);
    }

    private void OnReady(Action goOn, int limitBytes)
    {
        // As long as answers wait nothing more is read: the peer's next lines wait in the kernel, and then with the peer.
        Span<byte> buffer = stackalloc byte[4096];
        SysResult moved = _unsent.Count > 0 ? new SysResult(0) : socket.Receive(buffer);
        bool isOver = _unsent.Count == 0 && moved.IsOk && moved.Value == 0;
        _unread.AddRange(buffer[..(moved.IsOk ? moved.Value : 0)]);
        goOn();
        if (_unsent.Count > 0 && (moved = socket.Send([.. _unsent])).IsOk)
            _unsent.RemoveRange(0, moved.Value);
        if (isOver || _unread.Count > limitBytes || !(moved.IsOk || moved.Errno is Errno.EAGAIN or Errno.EINTR))
            loop.Close(socket);
        else
            loop.Watch(socket, _unsent.Count > 0 ? PollEvents.Writable : PollEvents.Readable);
    }
}
