using System.Net.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Relaying;

/// <summary>A relay that serves one client, when that client is there before the relay has finished its start.</summary>
public sealed class FirstClientTests : IDisposable
{
    // The moment between listening and having started is short: one start in four met it.
    private const int Starts = 12;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task AClientThatConnectsInTheFirstMoment_IsRelayed()
    {
        for (int i = 0; i < Starts; i++)
        {
            string path = _folder.File($"{i}.sock");
            await using RunningProgram relay = RunningProgram.Start([.. WeirProcess.Command, "relay", $"unix://{path}", "-"]);
            using Socket client = await Task.Run(() => ConnectAtOnce(path)).InTime();
            await client.SendAsync("first"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            relay.EndInput();

            Assert.Equal(0, await relay.ExitAsync());
            Assert.Equal("first", relay.Output);
            Assert.Equal("", relay.Errors);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static Socket ConnectAtOnce(string path)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            while (!File.Exists(path) && TimeProvider.System.GetElapsedTime(start) < Deadline.Generous)
                Thread.Yield();
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(start) < Deadline.Generous)
            {
                // Bound, and not listening yet.
                socket.Dispose();
            }
        }
    }
}
