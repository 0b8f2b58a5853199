using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

/// <summary>Everybody who is connected, and what one says to all.</summary>
internal sealed class Room : ConnectionHandler
{
    private const byte NewLine = (byte)'\n';

    private readonly ConcurrentDictionary<string, Guest> _guests = new();

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var guest = new Guest(connection.Transport.Output);
        _guests.TryAdd(connection.ConnectionId, guest);
        try
        {
            await ListenAsync(connection.Transport.Input, connection.ConnectionId);
        }
        catch (ConnectionResetException)
        {
            // He has left without a word.
        }
        finally
        {
            _guests.TryRemove(connection.ConnectionId, out _);
            await guest.LeaveAsync();
        }
    }

    private async Task ListenAsync(PipeReader input, string speaker)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ReadOnlySequence<byte> rest = read.Buffer;
            while (rest.PositionOf(NewLine) is { } end)
            {
                ReadOnlySequence<byte> line = rest.Slice(0, rest.GetPosition(1, end));
                rest = rest.Slice(line.End);
                byte[] said = line.ToArray();
                await Task.WhenAll(_guests.Where(guest => guest.Key != speaker).Select(guest => guest.Value.TellAsync(said)));
            }

            input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>One writes to a guest at a time: a PipeWriter belongs to one.</summary>
    private sealed class Guest(PipeWriter output)
    {
        private readonly SemaphoreSlim _turn = new(1);
        private bool _hasLeft;

        public async Task TellAsync(byte[] line)
        {
            await _turn.WaitAsync();
            try
            {
                if (!_hasLeft)
                    await output.WriteAsync(line);
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <summary>Nobody writes to him from here on: when his handler has returned, his connection is closed.</summary>
        public async Task LeaveAsync()
        {
            await _turn.WaitAsync();
            _hasLeft = true;
            _turn.Release();
        }
    }
}
