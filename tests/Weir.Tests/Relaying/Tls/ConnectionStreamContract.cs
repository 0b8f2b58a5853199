using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Relaying.Tls;

/// <summary>A connection as a stream: reads of every size, empty ones included, give the bytes in their order.</summary>
public sealed class ConnectionStreamContract
{
    private const int Total = 2_000_000;

    [Theory, EngineData]
    public Task Reads_OfAnySize_GiveEveryByteOnce(EngineCase engine) => Rig.RunAsync(
        engine,
        async connection =>
        {
            var random = new Random(TestSeed.Value);
            var stream = new ConnectionStream(connection) { LeavesLoop = false };
            byte[] buffer = new byte[40_000];
            int at = 0;
            while (true)
            {
                int size = random.Next(3) == 0 ? random.Next(8) : random.Next(1, buffer.Length);
                int count = await stream.ReadAsync(buffer.AsMemory(0, size)).ConfigureAwait(false);
                for (int i = 0; i < count; i++, at++)
                    Assert.True(buffer[i] == Bytes.At(at), $"byte {at}; {TestSeed.Replay}");
                if (count == 0 && size > 0)
                    break;
            }

            Assert.Equal(Total, at);
        },
        async peer =>
        {
            await Task.Factory.StartNew(() => peer.Send(Bytes.Pattern(Total)), TaskCreationOptions.LongRunning);
            peer.FinishSending();
            peer.ExpectEnd();
        });
}
