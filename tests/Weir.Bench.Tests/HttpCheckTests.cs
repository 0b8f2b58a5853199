using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Weir.Bench.Tests;

public class HttpCheckTests
{
    private const string Right = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";

    private static readonly HttpWorkload s_plaintext = HttpWorkloadTable.All.Single(workload => workload.Name == HttpWorkloadTable.Plaintext);
    private static readonly HttpWorkload s_connect = HttpWorkloadTable.All.Single(workload => workload.Name == HttpWorkloadTable.Connect);

    [Fact]
    public Task TheRightAnswer_Passes() => CheckAsync(s_plaintext, Right);

    [Theory]
    [InlineData("200 OK", "503 Busy", "status 503")]
    [InlineData("World", "Wirld", "another body")]
    [InlineData("Length: 13", "Length: 12", "Content-Length 12, expected 13")]
    [InlineData("text/plain", "text/html", "Content-Type text/html")]
    [InlineData("\r\n\r\n", "\r\nConnection: close\r\n\r\n", "the connection does not stay")]
    public async Task AnyOtherAnswer_EndsTheBenchmark(string part, string wrong, string told)
    {
        string answer = Right.Replace(part, wrong, StringComparison.Ordinal);

        BenchException error = await Assert.ThrowsAsync<BenchException>(() => CheckAsync(s_plaintext, answer));

        Assert.Equal(BenchException.Wrong, error.ExitCode);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatStays_IsWrong_WhereEachRequestHasItsOwn()
    {
        BenchException error = await Assert.ThrowsAsync<BenchException>(() => CheckAsync(s_connect, Right));

        Assert.Contains("the connection stays", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerCutShort_EndsTheBenchmark() =>
        await Assert.ThrowsAsync<BenchException>(() => CheckAsync(s_plaintext, Right[..^1], ends: true));

    // A server that has one answer for everything.
    private static async Task CheckAsync(HttpWorkload workload, string answer, bool ends = false)
    {
        using var over = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        Task serving = AnswerAsync(listener, Encoding.ASCII.GetBytes(answer), ends, over.Token);
        try
        {
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            await HttpCheck.RunAsync(new HttpPlace("http", port, Folder: ""), workload, CancellationToken.None);
        }
        finally
        {
            await over.CancelAsync();
            await serving;
        }
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer, bool ends, CancellationToken over)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(over);
                NetworkStream stream = client.GetStream();
                do
                {
                    if (await stream.ReadAsync(new byte[4096], over) == 0)
                        break;
                    await stream.WriteAsync(answer, over);
                }
                while (!ends);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has seen enough.
        }
    }
}
