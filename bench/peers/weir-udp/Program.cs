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
    byte[] datagram = Departures.Payload(options.SizeBytes);
    int batch = options.Offload ? BatchOffloaded : Batch;
    await using DatagramChannel channel = await DatagramChannel.ConnectAsync(SocketUrl.Parse(options.Url), channelOptions);
    var departures = new Departures(options);
    try
    {
        while (!departures.IsOver)
        {
            for (int i = departures.Of(batch); i > 0; i--)
            {
                departures.WriteSequence(datagram);
                if (channel.TryWrite(datagram))
                    continue;
                await channel.FlushAsync();
                channel.TryWrite(datagram);
            }

            await channel.FlushAsync();
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
