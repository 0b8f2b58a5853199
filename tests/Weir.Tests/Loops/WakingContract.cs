using System.Globalization;
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
}
