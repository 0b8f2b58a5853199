using System.Globalization;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>Who offers sockets. Calls come on the offer's thread.</summary>
internal interface IHandoverOwner
{
    IReadOnlyList<IHandoverSource> Sources { get; }

    /// <summary>Stops accepting on these, which the other process serves from now on.</summary>
    /// <returns>How many connections this process goes on serving.</returns>
    int Release(IReadOnlyList<IHandoverSource> taken, HandoverPeer peer);

    /// <summary>Everything is said: this process may end when its connections have.</summary>
    void OnHandedOver(HandoverPeer peer);

    void OnFailed(string message);
}

/// <summary>
/// Waits, on a thread of its own, for the next process to ask for the sockets: one at a time, each within time limits. Until that process
/// says that it serves, nothing here has changed.
/// </summary>
internal sealed class HandoverOffer
{
    private static readonly TimeSpan s_questionLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_strangerLimit = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_sendLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_retryAccept = TimeSpan.FromMilliseconds(100);

    private readonly HandoverDoor _door;
    private readonly IHandoverOwner _owner;
    private readonly Interrupt _stop = new();
    private readonly Interrupt _giveUp = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _handedOver;

    public HandoverOffer(HandoverDoor door, IHandoverOwner owner) => (_door, _owner) = (door, owner);

    /// <summary>How long the other process may take from its question until it serves.</summary>
    public static TimeSpan StartLimit { get; } = TimeSpan.FromSeconds(30);

    public void Start() => new Thread(Run) { Name = "weir hand-over", IsBackground = true }.UnsafeStart();

    /// <summary>Instead of a start: the door stays with the process that it came from.</summary>
    public void Abandon()
    {
        _door.Dispose();
        _stop.Dispose();
        _giveUp.Dispose();
    }

    /// <summary>Ends the offer. A process that has the sockets already and has only to say that it serves gets this long to do so.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        _stop.Set();
        try
        {
            await _ended.Task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _giveUp.Set();
            await _ended.Task.ConfigureAwait(false);
        }
    }

    private void Run()
    {
        try
        {
            while (!_handedOver)
            {
                _stop.WaitFor(_door.Socket, POLLIN, Timeout.InfiniteTimeSpan);
                AcceptOne();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (SocketCallException failure)
        {
            _owner.OnFailed($"hand-over: {failure.Message}; this process can no longer be replaced by a new one");
        }

        if (!_handedOver)
            _door.RemovePath();
        _door.Dispose();
        _stop.Dispose();
        _giveUp.Dispose();
        _ended.SetResult();
    }

    private void AcceptOne()
    {
        KernelSocket? accepted = _door.Socket.TryAccept(out Errno error);
        if (accepted is null)
        {
            // Out of descriptors: the next process waits in the queue.
            if (error is not (Errno.EAGAIN or Errno.ECONNABORTED))
                _stop.Rest(s_retryAccept);
            return;
        }

        using var channel = new HandoverChannel(accepted, _door.Url.ToString());
        string who = $"process {channel.Peer?.ProcessId}";
        try
        {
            Answer(channel, who);
        }
        catch (Exception failure) when (failure is SocketCallException or ObjectDisposedException or FormatException)
        {
            _owner.OnFailed($"hand-over to {who}: {failure.Message}; this process goes on");
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // On a thread of its own it would end the process.
            _owner.OnFailed($"hand-over to {who}: {bug.GetType().Name}: {bug.Message}; this process goes on");
        }
    }

    private void Answer(HandoverChannel channel, string who)
    {
        Errno refusal = Question(channel);
        if (refusal != Errno.None)
        {
            channel.Send($"refused {(int)refusal}", _stop, s_sendLimit);
            _owner.OnFailed($"hand-over to {who} of user {channel.Peer?.UserId}: refused, {refusal}; this process goes on");
            return;
        }

        IReadOnlyList<IHandoverSource> sources = _owner.Sources;
        SendSockets(channel, sources);
        // From here on the other process has the sockets, and may serve at any moment.
        using HandoverMessage? answer = ReceiveAnswer(channel);
        if (answer?.Words is not ["serving", var taken] || channel.HasEnded)
        {
            _owner.OnFailed($"hand-over to {who}: it ended before it served; this process goes on");
            return;
        }

        Conclude(channel, [.. Indices(taken, sources.Count).Select(index => sources[index])]);
    }

    private HandoverMessage? ReceiveAnswer(HandoverChannel channel)
    {
        try
        {
            return channel.Receive(_giveUp, StartLimit);
        }
        catch
        {
            channel.Withdraw();
            throw;
        }
    }

    private Errno Question(HandoverChannel channel)
    {
        // Read even from a stranger: a close with something unread destroys the answer (unix(7), ECONNRESET).
        using HandoverMessage? question = channel.Receive(_stop, channel.IsPeerTrusted ? s_questionLimit : s_strangerLimit);
        if (!channel.IsPeerTrusted)
            return Errno.EPERM;
        return question?.Words is ["take", HandoverChannel.Version] ? Errno.None : Errno.EPROTO;
    }

    private void SendSockets(HandoverChannel channel, IReadOnlyList<IHandoverSource> sources)
    {
        channel.Send(
            $"offer {HandoverChannel.Version} {Environment.ProcessId} {_door.Inode}", [_door.Socket.Fd], _stop, s_sendLimit);
        for (int i = 0; i < sources.Count; i++)
        {
            HandoverSockets offered = sources[i].Offer();
            foreach (KernelSocket[] some in offered.Sockets.Chunk(KernelSocket.MaxDescriptors))
                channel.Send($"listener {i} {offered.PathInode} {offered.Url}", [.. some.Select(socket => socket.Fd)], _stop, s_sendLimit);
        }

        channel.Send("end", _stop, s_sendLimit);
    }

    private void Conclude(HandoverChannel channel, IReadOnlyList<IHandoverSource> taken)
    {
        _handedOver = true;
        var peer = new HandoverPeer(channel.Peer!.Value.ProcessId, taken.Count);
        int connections = _owner.Release(taken, peer);
        try
        {
            channel.Send($"draining {connections}", _giveUp, s_sendLimit);
        }
        catch (Exception unheard) when (unheard is SocketCallException or OperationCanceledException)
        {
            // It serves, whether it hears this or not.
        }

        _owner.OnHandedOver(peer);
    }

    private static IEnumerable<int> Indices(string taken, int count) => taken
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < count
            ? index
            : throw new FormatException($"there is no listener {text}"));
}
