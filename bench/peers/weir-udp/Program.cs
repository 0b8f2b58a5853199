// Datagrams through Weir's channel: what is written is sent by the next flush, what has arrived comes as one batch.
// One loop, and the handler resumes on it.
using Weir;
using Weir.Bench.Peers.Udp;
using Weir.Sockets;

const int BatchOffloaded = 512;
const int Batch = 64;
const int DatagramBytes = 2048;

if (UdpPeerOptions.Parse(args) is not { Blocking: false } options)
{
    await Console.Error.WriteLineAsync(
        "usage: WeirUdp send|receive udp://ADDRESS:PORT [--offload] [--size 64] [--receive-buffer BYTES] "
        + "(--warmup SECONDS --seconds SECONDS | --count DATAGRAMS)");
    return 2;
}

await using var loops = new LoopGroup(1, new LoopOptions { Scheduling = LoopScheduling.Inline });
var channelOptions = new DatagramOptions { Loops = loops, Offload = options.Offload };
return options.IsSender ? await SendAsync(options, channelOptions) : await ReceiveAsync(options, channelOptions);

static async Task<int> SendAsync(UdpPeerOptions options, DatagramOptions channelOptions)
{
    int batch = options.Offload ? BatchOffloaded : Batch;
    byte[] payload = Departures.Payload(options.SizeBytes);
    // As in c-udp: a run of datagrams in memory of our own, each numbered anew before it is sent.
    byte[] run = [.. Enumerable.Repeat(payload, batch).SelectMany(bytes => bytes)];
    await using DatagramChannel channel = await DatagramChannel.ConnectAsync(SocketUrl.Parse(options.Url), channelOptions);
    var departures = new Departures(options);
    try
    {
        while (!departures.IsOver)
        {
            int bytes = Number(run, departures.Of(batch) * options.SizeBytes, options.SizeBytes, departures);
            await channel.SendAsync(run.AsMemory(0, bytes), options.SizeBytes);
            await departures.PauseAsync();
        }
    }
    catch (SocketCallException error) when (error.Errno == Weir.Linux.Errno.ECONNREFUSED)
    {
        // The receiver has finished.
    }

    departures.Tell();
    return 0;
}

static int Number(byte[] run, int bytes, int sizeBytes, Departures departures)
{
    for (int start = 0; start < bytes; start += sizeBytes)
        departures.WriteSequence(run.AsSpan(start, sizeBytes));
    return bytes;
}

static async Task<int> ReceiveAsync(UdpPeerOptions options, DatagramOptions channelOptions)
{
    string query = options.ReceiveBufferBytes > 0 ? $"?rcvbuf={options.ReceiveBufferBytes}" : "";
    if (!options.Offload)
        channelOptions = channelOptions with { MaxDatagramBytes = DatagramBytes };
    await using DatagramChannel channel = await DatagramChannel.BindAsync(SocketUrl.Parse(options.Url + query), channelOptions);
    var arrivals = new Arrivals(options, () => channel.DroppedDatagrams, receiveBufferBytes: null);
    Arrivals.TellReady();
    while (!arrivals.IsOver())
    {
        foreach (ReceivedDatagram datagram in await channel.ReceiveAsync())
            arrivals.Take(datagram.Bytes);
    }

    return arrivals.Tell();
}
