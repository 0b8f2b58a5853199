using System.Globalization;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Datagrams;
using Weir.Tests.Engines;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Loops;

/// <summary>Whatever becomes ready is noticed, whoever looks and whenever it comes.</summary>
public sealed class WakingContract(ITestOutputHelper output)
{
    // Senders that pause now and then, so that receives end short, run empty and wait, in every order.
    [Theory, EngineData(SocketScheme.Udp4, SocketScheme.UnixGram)]
    public async Task EveryDatagram_WakesItsReceiver(EngineCase engine)
    {
        const int Count = 5_000;
        // What its receive buffer has room for at least.
        const int MaxUnderWay = 100;
        Random random = TestSeed.NewRandom(output);
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        int received = 0;
        Task receiving = Task.Run(async () =>
        {
            while (received < Count)
                Volatile.Write(ref received, received + (await rig.Channel.ReceiveAsync()).Count);
        });
        for (int sent = 0; sent < Count;)
        {
            int burst = Math.Min(random.Next(1, MaxUnderWay), Count - sent);
            for (int i = 0; i < burst; i++)
                DatagramRig.Send(peer, "x", rig.Address);
            sent += burst;
            // Now and then all of it has to arrive without anything further being sent.
            int underWay = random.Next(4) == 0 || sent == Count ? 0 : MaxUnderWay;
            await Eventually.True(() => Volatile.Read(ref received) >= sent - underWay);
        }

        await receiving.InTime();
        Assert.Equal(0, rig.Channel.DroppedDatagrams);
    }

    [Theory, EngineData(SocketScheme.UnixGram)]
    public async Task ACancelThatMeetsAnArrival_LosesNothing(EngineCase engine)
    {
        await using DatagramRig rig = await DatagramRig.BindAsync(engine);
        using KernelSocket peer = rig.BoundPeer();
        for (int i = 0; i < 500; i++)
        {
            using var cancellation = new CancellationTokenSource();
            Task<ReceivedDatagrams> receiving = rig.Channel.ReceiveAsync(cancellation.Token).AsTask();
            Task cancelling = Task.Run(cancellation.Cancel);
            string text = i.ToString(CultureInfo.InvariantCulture);
            DatagramRig.Send(peer, text, rig.Address);
            ReceivedDatagrams batch;
            try
            {
                batch = await receiving.InTime();
            }
            catch (OperationCanceledException)
            {
                batch = await rig.Channel.ReceiveAsync().AsTask().InTime();
            }

            Assert.Equal(text, Bytes.Text(batch[0].Bytes));
            await cancelling;
        }
    }

    // FD_SETSIZE is 1,024, and glibc's fd_set has no more; a growing set doubles at 4,096.
    [Theory, EngineData(SocketScheme.Tcp4, SocketScheme.Unix)]
    public async Task AConnectionWithANumberBeyond4096_IsServedAsOthers(EngineCase engine)
    {
        TaskCompletionSource<int> number = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await Rig.StartAsync(engine, connection =>
        {
            number.TrySetResult(connection.Socket.Fd.Number);
            return StandardHandlers.Echo(connection);
        });
        using var filler = new DescriptorFiller(upTo: 4_200);
        using Peer peer = rig.Connect();
        peer.Send("hello");
        peer.Expect("hello");
        byte[] much = Bytes.Pattern(1_000_000);
        Task sending = Task.Run(() => peer.Send(much));
        Assert.Equal(much, peer.ReceiveExactly(much.Length));
        await sending.InTime();
        peer.FinishSending();
        peer.ExpectEnd();
        Assert.InRange(await number.Task.InTime(), 4_097, int.MaxValue);
    }

    /// <summary>Takes every number below a limit that nobody has, so that whoever opens something gets a higher one.</summary>
    private sealed class DescriptorFiller : IDisposable
    {
        private readonly List<SafeFd> _taken = [];

        public DescriptorFiller(int upTo)
        {
            Assert.True(Sys.Pipe(out int reading, out int writing, Uapi.O_CLOEXEC).IsOk);
            _taken.AddRange([new SafeFd(reading), new SafeFd(writing)]);
            while (_taken[^1].Number < upTo)
            {
                SysResult copied = Sys.Duplicate(reading);
                Assert.True(copied.IsOk, copied.ToString());
                _taken.Add(new SafeFd(copied.Value));
            }
        }

        public void Dispose() => _taken.ForEach(descriptor => descriptor.Dispose());
    }
}
