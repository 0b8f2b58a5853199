using System.Net;
using System.Net.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Bench.Tests;

/// <summary>The load generator against servers that echo almost everything.</summary>
public class LoadProgramTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [RequiresProgramTheory("gcc", "gcc libc6-dev")]
    [InlineData("--pipeline 16")]
    [InlineData("--pipeline 16 --epoll")]
    [InlineData("--pipeline 16 --connections 1")]
    [InlineData("--size 16384")]
    [InlineData("--connect")]
    public async Task FaithfulServer_IsMeasured(string options)
    {
        ShellResult result = await RunAsync(options, broken: null);

        Assert.Equal("", result.Error);
        Assert.Contains("\"requests\":", result.Output, StringComparison.Ordinal);
    }

    // The third byte of the sixth message of 64, on each connection.
    [RequiresProgramTheory("gcc", "gcc libc6-dev")]
    [InlineData("--pipeline 16")]
    [InlineData("--pipeline 16 --epoll")]
    public async Task WrongByteInAPipeline_IsFound(string options)
    {
        ShellResult result = await RunAsync(options, broken: (5 * 64) + 2);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("connection [0-9]+, message 21, byte 2: got 0x", result.Error);
    }

    [RequiresProgramFact("gcc", "gcc libc6-dev")]
    public async Task WrongByteOfAShortConnection_IsFound()
    {
        ShellResult result = await RunAsync("--connect", broken: 63);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("message 1, byte 63: got 0x", result.Error);
    }

    private static async Task<ShellResult> RunAsync(string options, int? broken)
    {
        using var limit = new CancellationTokenSource(s_limit);
        await NativePrograms.BuildCAsync(limit.Token);
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        Task serving = ServeAsync(listener, broken, limit.Token);
        string[] command =
        [
            NativePrograms.Load, "--url", $"tcp://{listener.LocalEndpoint}", "--pid", $"{Environment.ProcessId}",
            "--connections", "20", "--warmup", "0.1", "--seconds", "0.3", .. options.Split(' '),
        ];
        ShellResult result = (await Shell.RunAsync(command, s_limit, limit.Token))!;
        listener.Stop();
        await serving;
        return result;
    }

    private static async Task ServeAsync(TcpListener listener, int? broken, CancellationToken cancel)
    {
        try
        {
            while (true)
                _ = EchoAsync(await listener.AcceptSocketAsync(cancel), broken);
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private static async Task EchoAsync(Socket socket, int? broken)
    {
        byte[] buffer = new byte[16 * 1024];
        int echoed = 0;
        using (socket)
        {
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and int count)
                {
                    if (broken >= echoed && broken < echoed + count)
                        buffer[broken.Value - echoed] ^= 1;
                    echoed += count;
                    await socket.SendAsync(buffer.AsMemory(0, count));
                }
            }
            catch (SocketException)
            {
                // The generator has ended.
            }
        }
    }
}
