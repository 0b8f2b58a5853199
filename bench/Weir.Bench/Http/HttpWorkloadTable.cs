using System.Text;

namespace Weir.Bench;

/// <summary>Every workload, defined once.</summary>
internal static class HttpWorkloadTable
{
    public const string Plaintext = "plaintext";
    public const string Pipelined = "pipelined";
    public const string SixteenKibibytes = "16k";
    public const string Download = "download";
    public const string Upload = "upload";
    public const string Http2 = "h2";
    public const string Connect = "connect";
    public const string Https = "https";

    /// <summary>Not one of <see cref="All"/>: memory is measured, not time.</summary>
    public const string Idle = "idle";

    public const string Hello = "/plaintext";

    private const int Connections = 64;
    private const int LongBodyConnections = 16;
    private const int PipelineDepth = 16;
    private const int Streams = 100;
    private const int KibibytesBytes = 16 * 1024;
    private const int MebibyteBytes = 1024 * 1024;

    private static readonly byte[] s_hello = Encoding.ASCII.GetBytes("Hello, World!");

    public static IReadOnlyList<HttpWorkload> All { get; } =
    [
        new(Plaintext, "13 bytes, keep-alive", Hello, Connections) { Answer = s_hello },
        new(Pipelined, $"13 bytes, {PipelineDepth} requests at once", Hello, Connections)
        {
            Answer = s_hello,
            Depth = PipelineDepth,
            ScriptArguments = ["pipeline", $"{PipelineDepth}"],
        },
        new(SixteenKibibytes, "answers of 16 KiB", "/16k", Connections) { Answer = Filled(KibibytesBytes) },
        new(Download, "answers of 1 MiB", "/1m", LongBodyConnections) { Answer = Filled(MebibyteBytes) },
        new(Upload, "POST with a body of 1 MiB", "/upload", LongBodyConnections)
        {
            Answer = Encoding.ASCII.GetBytes($"{MebibyteBytes}"),
            UploadBytes = MebibyteBytes,
            ScriptArguments = ["upload", $"{MebibyteBytes}"],
        },
        new(Http2, $"13 bytes, HTTP/2 with {Streams} streams", Hello, Connections: 1)
        {
            Answer = s_hello,
            Scheme = "h2c",
            Generator = HttpGenerator.H2Load,
            Depth = Streams,
        },
        new(Connect, "13 bytes, a new connection for each request", Hello, Connections)
        {
            Answer = s_hello,
            ClosesConnections = true,
            ScriptArguments = ["close"],
        },
        new(Https, "13 bytes, keep-alive, TLS", Hello, Connections) { Answer = s_hello, Scheme = "https" },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(workload => workload.Name), Idle];

    private static byte[] Filled(int sizeBytes)
    {
        byte[] body = new byte[sizeBytes];
        Array.Fill(body, (byte)'x');
        return body;
    }
}
