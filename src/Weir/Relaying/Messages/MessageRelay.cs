using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>Packet to packet: each accepted connection gets one to a backend, and messages go both ways whole, with their descriptors.</summary>
internal sealed class MessageRelay
{
    private readonly RelayTraffic _traffic;
    private readonly ServerNotices _notices;
    private readonly BackendGroup _backends;
    private readonly MessageOptions _messages;

    public MessageRelay(RelayOptions options, RelayTraffic traffic, ServerNotices notices)
    {
        (_traffic, _notices) = (traffic, notices);
        _messages = new MessageOptions { IdleTimeout = options.IdleTimeout, Loops = options.Loops };
        _backends = new BackendGroup(options, notices, ProbeAsync);
    }

    /// <summary>Nobody will be connected any more.</summary>
    public void Stop() => _backends.Stop();

    /// <summary>The server's handler: when it ends, the client's channel is closed.</summary>
    public async Task ServeAsync(MessageChannel near)
    {
        // The server has its own limit of connections.
        _traffic.TryEnter(int.MaxValue);
        Backend? backend = null;
        try
        {
            MessageChannel? far = await _backends.ReachAsync(near.PeerAddress ?? default, async (chosen, _) =>
            {
                MessageChannel channel = await ReachAsync(chosen, near.Loop).ConfigureAwait(false);
                backend = chosen;
                return channel;
            }).ConfigureAwait(false);
            if (far is null)
                return;
            await using (far.ConfigureAwait(false))
                await JoinAsync(near, far).ConfigureAwait(false);
        }
        catch (SocketCallException failure)
        {
            _notices.Report(Shortage.KindOf(failure) ?? ServerEventKind.StreamFailed, failure.Message);
        }
        finally
        {
            backend?.Leave();
            _traffic.Leave();
        }
    }

    // A unix socket connects at once or says why not.
    private async Task<MessageChannel> ReachAsync(Backend backend, Loops.EventLoop loop)
    {
        MessageChannel channel = await MessageChannel.ConnectAsync(backend.Url, _messages, loop).ConfigureAwait(false);
        if (!DescriptorReserve.Has(channel.Socket.Fd.Number))
            return channel;
        await channel.CloseAsync().ConfigureAwait(false);
        throw new SocketCallException("connect", Errno.EMFILE, backend.Url.ToString());
    }

    private async Task ProbeAsync(Backend backend, CancellationToken ending)
    {
        MessageChannel channel = await MessageChannel.ConnectAsync(backend.Url, _messages, ending).ConfigureAwait(false);
        await channel.CloseAsync().ConfigureAwait(false);
    }

    private async Task JoinAsync(MessageChannel near, MessageChannel far)
    {
        // Whoever closes the client's channel before both have ended, as an abort does, means the backend's as well.
        _ = near.Closed.ContinueWith(_ => far.CloseAsync(), TaskScheduler.Default);
        Task there = PumpAsync(near, far, _traffic.CountTo);
        await PumpAsync(far, near, _traffic.CountBack).ConfigureAwait(false);
        await there.ConfigureAwait(false);
    }

    private async Task PumpAsync(MessageChannel from, MessageChannel to, Action<long> count)
    {
        int length = 0;
        try
        {
            while (await from.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
            {
                length = message.Bytes.Length;
                if (message.IsTruncated)
                    _notices.Report(ServerEventKind.MessageTruncated, $"a message of {message.FullLengthBytes} bytes was cut to {length}");
                if (message.HasLostDescriptors)
                    _notices.Report(ServerEventKind.OutOfDescriptors, "a message came with more descriptors than there is room for; raise 'ulimit -n'");
                await PassOnAsync(message, to).ConfigureAwait(false);
                count(length);
            }

            to.FinishSending();
        }
        catch (SocketCallException failure)
        {
            // One side has gone, or said nothing for too long: so does the other.
            _ = from.CloseAsync();
            _ = to.CloseAsync();
            if (failure.Errno is Errno.EMSGSIZE)
                _notices.Report(ServerEventKind.StreamFailed, $"a message of {length} bytes cannot be sent on: EMSGSIZE; give both URLs a larger sndbuf");
        }
    }

    private static async Task PassOnAsync(Message message, MessageChannel to)
    {
        SafeFd[] descriptors = message.TakeDescriptors();
        try
        {
            await to.SendAsync(message.Bytes, descriptors).ConfigureAwait(false);
        }
        finally
        {
            foreach (SafeFd descriptor in descriptors)
                descriptor.Dispose();
        }
    }
}
