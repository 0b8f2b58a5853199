using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;

namespace Weir.EndToEnd;

/// <summary>
/// Clients that connect to an echo server, send a number, receive it and close, again and again, until they are told to stop. None of their
/// attempts is made twice.
/// </summary>
internal sealed class ShortConnections(params string[] addresses)
{
    private const int ClientsPerAddress = 4;

    private readonly EndPoint[] _endPoints = [.. addresses.Select(EndPointOf)];
    private readonly ConcurrentQueue<string> _failures = new();
    private long _attempts;
    private volatile bool _stopping;
    private Task _running = Task.CompletedTask;

    public long Attempts => Interlocked.Read(ref _attempts);

    /// <summary>What went wrong, one text for each attempt that failed.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public void Start() => _running = Task.WhenAll(
        _endPoints.SelectMany(endPoint => Enumerable.Range(0, ClientsPerAddress).Select(_ => Task.Run(() => RepeatAsync(endPoint)))));

    public Task Until(long attempts) => Eventually.True(() => Attempts >= attempts || !_failures.IsEmpty);

    public async Task StopAsync()
    {
        _stopping = true;
        await _running.InTime();
    }

    private async Task RepeatAsync(EndPoint endPoint)
    {
        while (!_stopping)
        {
            long number = Interlocked.Increment(ref _attempts);
            try
            {
                await ExchangeAsync(endPoint, Encoding.ASCII.GetBytes(number.ToString("D12", CultureInfo.InvariantCulture)));
            }
            catch (Exception failure) when (failure is SocketException or TimeoutException or InvalidDataException)
            {
                _failures.Enqueue($"{endPoint}: {failure.Message}");
            }
        }
    }

    private static async Task ExchangeAsync(EndPoint endPoint, byte[] message)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint).InTime();
        await socket.SendAsync(message).InTime();
        byte[] answer = new byte[message.Length + 1];
        int length = 0;
        while (length < message.Length)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(length)).AsTask().InTime();
            if (count == 0)
                throw new InvalidDataException($"the end after {length} of {message.Length} bytes");
            length += count;
        }

        if (!answer.AsSpan(0, length).SequenceEqual(message))
            throw new InvalidDataException($"another answer: {Encoding.Latin1.GetString(answer, 0, length)}");
    }

    private static EndPoint EndPointOf(string address) => address.StartsWith("unix://", StringComparison.Ordinal)
        ? new UnixDomainSocketEndPoint(address["unix://".Length..])
        : IPEndPoint.Parse(address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..]);
}
