using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Loops;

/// <summary>Alone, because others would close low numbers, which accept(2) takes first.</summary>
[Collection(nameof(Alone))]
public sealed class HighNumbersContract
{
    private const int Filled = 4_200;

    // FD_SETSIZE is 1,024, and glibc's fd_set has no more; a growing set doubles at 4,096.
    [RequiresDescriptorsTheory(Filled + 100), EngineData(SocketScheme.Tcp4, SocketScheme.Unix)]
    public async Task AConnectionWithANumberBeyond4096_IsServedAsOthers(EngineCase engine)
    {
        TaskCompletionSource<int> number = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using Rig rig = await Rig.StartAsync(engine, connection =>
        {
            number.TrySetResult(connection.Socket.Fd.Number);
            return StandardHandlers.Echo(connection);
        });
        using var filler = new DescriptorFiller(upTo: Filled);
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
