using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Bench;

/// <summary>Whether requests that are sent at once are all answered, which HttpClient can't ask.</summary>
internal static class HttpPipelineCheck
{
    private const string Good = "HTTP/1.1 200 OK\r\n";

    /// <exception cref="BenchException">There are more or fewer answers, or others.</exception>
    public static async Task RunAsync(HttpPlace place, HttpWorkload workload, CancellationToken cancel)
    {
        string request = $"GET {workload.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        string all = string.Concat(Enumerable.Repeat($"{request}\r\n", workload.Depth - 1)) + $"{request}Connection: close\r\n\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, place.Port, cancel);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(all), cancel);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        Require(await reader.ReadToEndAsync(cancel), workload);
    }

    public static void Require(string answers, HttpWorkload workload)
    {
        string body = Encoding.ASCII.GetString(workload.Answer);
        string[] parts = answers.Split(Good)[1..];
        if (parts.Length != workload.Depth || !Array.TrueForAll(parts, part => part.EndsWith($"\r\n\r\n{body}", StringComparison.Ordinal)))
        {
            throw new BenchException(
                $"{workload.Depth} requests at once: {parts.Length} answers with 200, or others than expected", BenchException.Wrong);
        }
    }
}
