using System.Net.Sockets;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>Packet to packet: each accepted connection gets one to a backend, and messages go both ways whole, with their descriptors.</summary>
internal sealed class MessageRelay(RelayOptions options, RelayTraffic traffic, ServerNotices notices)
{
    private readonly BackendChoice _choice = new([.. options.To.Select(to => new Backend(to))], options.Balance);
    private readonly MessageOptions _messages = new() { IdleTimeout = options.IdleTimeout };

    /// <summary>The server's handler: when it ends, the client's channel is closed.</summary>
    public async Task ServeAsync(MessageChannel near)
    {
        // The server has its own limit of connections.
        traffic.TryEnter(int.MaxValue);
        try
        {
            if (await ConnectAsync(near).ConfigureAwait(false) is not { } far)
                return;
            await using (far.ConfigureAwait(false))
                await JoinAsync(near, far).ConfigureAwait(false);
        }
        finally
        {
            traffic.Leave();
        }
    }

    private async Task<MessageChannel?> ConnectAsync(MessageChannel near)
    {
        string reason = "";
        foreach (Backend backend in _choice.Order(near.PeerAddress ?? default))
        {
            try
            {
                return await MessageChannel.ConnectAsync(backend.Url, _messages, near.Loop).ConfigureAwait(false);
            }
            catch (SocketException failure)
            {
                reason = failure.Message;
            }
        }

        notices.Report(ServerEventKind.NoBackend, $"no backend answers, so clients are turned away: {reason}");
        return null;
    }

    private async Task JoinAsync(MessageChannel near, MessageChannel far)
    {
        Task there = PumpAsync(near, far, traffic.CountTo);
        await PumpAsync(far, near, traffic.CountBack).ConfigureAwait(false);
        await there.ConfigureAwait(false);
    }

    private async Task PumpAsync(MessageChannel from, MessageChannel to, Action<long> count)
    {
        try
        {
            while (await from.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
            {
                if (message.IsTruncated)
                    notices.Report(ServerEventKind.MessageTruncated, $"a message of {message.FullLengthBytes} bytes was cut to {message.Bytes.Length}");
                count(message.Bytes.Length);
                await PassOnAsync(message, to).ConfigureAwait(false);
            }

            to.FinishSending();
        }
        catch (SocketCallException)
        {
            // One side has gone, or said nothing for too long: so does the other.
            _ = from.CloseAsync();
            _ = to.CloseAsync();
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
