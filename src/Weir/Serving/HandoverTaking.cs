using System.Globalization;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// The sockets that a new process got from the one before it. They are both processes' until <see cref="ConfirmAsync"/>; disposed of
/// before that, the old process goes on as if nothing had been.
/// </summary>
internal sealed class HandoverTaking : IDisposable
{
    // The old process may be busy with another one that asked before.
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private readonly HandoverChannel _channel;
    private readonly Interrupt _interrupt;
    private readonly List<(int Index, HandoverSockets Sockets)> _offered = [];
    private readonly List<int> _taken = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private HandoverDoor? _door;

    private HandoverTaking(HandoverChannel channel, Interrupt interrupt) => (_channel, _interrupt) = (channel, interrupt);

    public int ProcessId { get; private set; }

    public int Count => _taken.Count;

    /// <summary>Asks the process that has the door at this path.</summary>
    /// <returns>Null when nobody has it.</returns>
    /// <exception cref="SocketCallException">EPERM, EACCES: it is another user's; EPROTO: it is something else; ETIMEDOUT: it does not answer.</exception>
    public static async Task<HandoverTaking?> TakeAsync(SocketUrl url, CancellationToken cancellationToken)
    {
        var interrupt = new Interrupt();
        HandoverTaking? taking = null;
        try
        {
            CancellationTokenRegistration registration = cancellationToken.Register(interrupt.Set);
            await using (registration.ConfigureAwait(false))
                taking = await OnThread(() => Take(url, interrupt)).ConfigureAwait(false);
        }
        finally
        {
            if (taking is null)
                interrupt.Dispose();
        }

        return taking;
    }

    /// <summary>The sockets of a URL, once; null when the old process has none, or no more.</summary>
    public HandoverSockets? TryTake(SocketUrl url)
    {
        int found = _offered.FindIndex(offered => offered.Sockets.Url == url.ToString());
        if (found < 0)
            return null;
        (int index, HandoverSockets sockets) = _offered[found];
        _offered.RemoveAt(found);
        _taken.Add(index);
        return sockets;
    }

    /// <summary>The door, which is from now on the caller's.</summary>
    public HandoverDoor TakeDoor()
    {
        HandoverDoor door = _door!;
        _door = null;
        return door;
    }

    /// <summary>Before this process serves: the old one must not have stopped waiting for it. One that was killed has left the sockets to this one.</summary>
    /// <exception cref="SocketCallException">ETIMEDOUT: starting took too long; ECONNRESET: the old process was stopped, and its sockets with it.</exception>
    public void ThrowIfTooLate()
    {
        if (_channel.HasMessage)
            throw _channel.Failure(Errno.ECONNRESET);
        if (TimeProvider.System.GetElapsedTime(_start) > HandoverOffer.StartLimit - s_margin)
            throw _channel.Failure(Errno.ETIMEDOUT);
    }

    /// <summary>Says that this process serves, and waits until the old one has stopped accepting.</summary>
    /// <returns>False when the old process has ended without a word: then nobody is left who could accept.</returns>
    /// <exception cref="SocketCallException">ECONNRESET: it has taken the sockets back at this very moment, and they do not work any more.</exception>
    public Task<bool> ConfirmAsync() => OnThread(Confirm);

    public void Dispose()
    {
        foreach ((int _, HandoverSockets sockets) in _offered)
            sockets.Dispose();
        _door?.Dispose();
        _channel.Dispose();
        _interrupt.Dispose();
    }

    private static HandoverTaking? Take(SocketUrl url, Interrupt interrupt)
    {
        KernelSocket? socket = HandoverDoor.Connect(url, interrupt, s_answerLimit);
        if (socket is null)
            return null;
        HandoverTaking taking = new(new HandoverChannel(socket, url.ToString()), interrupt);
        try
        {
            if (taking.Receive(url))
                return taking;
        }
        catch
        {
            taking.Dispose();
            throw;
        }

        taking.Dispose();
        return null;
    }

    // False: it ends at this moment, as if nobody had been there.
    private bool Receive(SocketUrl url)
    {
        if (!_channel.IsPeerTrusted)
            throw _channel.Failure(Errno.EPERM);
        Say($"take {HandoverChannel.Version}");
        HandoverMessage? message = _channel.Receive(_interrupt, s_answerLimit);
        if (message is null)
            return false;
        while (message is not null)
        {
            if (!Accept(message, url))
                return true;
            message = _channel.Receive(_interrupt, s_answerLimit);
        }

        throw _channel.Failure(Errno.ECONNRESET);
    }

    // False at the end.
    private bool Accept(HandoverMessage message, SocketUrl url)
    {
        switch (message.Text.Split(' ', count: 4))
        {
            case ["offer", HandoverChannel.Version, var process, var inode] when _door is null && message.Descriptors is [var door]:
                ProcessId = Number<int>(process);
                _door = new HandoverDoor(KernelSocket.Adopt(door), url, Number<ulong>(inode));
                return true;
            case ["listener", var index, var inode, var text] when _door is not null:
                Add(Number<int>(index), new HandoverSockets(text, Number<ulong>(inode), [.. message.Descriptors.Select(KernelSocket.Adopt)]));
                return true;
            case ["end"] when _door is not null:
                return false;
            case ["refused", var errno]:
                throw _channel.Failure((Errno)Number<int>(errno));
            default:
                message.Dispose();
                throw _channel.Failure(Errno.EPROTO);
        }
    }

    // More sockets than one message carries come in several.
    private void Add(int index, HandoverSockets sockets)
    {
        if (_offered is [.., var last] && last.Index == index)
            last.Sockets.Sockets.AddRange(sockets.Sockets);
        else
            _offered.Add((index, sockets));
    }

    private bool Confirm()
    {
        // Of what this process does not serve it must keep nothing open: the old one closes it.
        foreach ((int _, HandoverSockets sockets) in _offered)
            sockets.Dispose();
        _offered.Clear();
        try
        {
            Say($"serving {string.Join(',', _taken)}");
            using HandoverMessage? answer = _channel.Receive(_interrupt, s_answerLimit);
            if (answer?.Text != HandoverChannel.Withdrawn)
                return answer is not null;
        }
        catch (SocketCallException)
        {
            return false;
        }

        throw _channel.Failure(Errno.ECONNRESET);
    }

    private void Say(string text)
    {
        try
        {
            _channel.Send(text, _interrupt, s_answerLimit);
        }
        catch (SocketCallException ended) when (ended.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            // What the old process said before it closed can still be read.
        }
    }

    private T Number<T>(string text)
        where T : struct, IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out T value) ? value : throw _channel.Failure(Errno.EPROTO);

    private static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
