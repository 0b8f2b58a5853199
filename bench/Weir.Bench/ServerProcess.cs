using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>A fresh server, pinned, that answers a connect. Disposing kills it by its own id.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int ErrorLinesKept = 5;

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(20);

    private readonly Peer _peer;
    private readonly Process _process;
    private readonly string? _socketPath;
    private readonly Queue<string> _errors = [];

    private ServerProcess(Peer peer, Process process, string url, string? socketPath)
    {
        _peer = peer;
        _process = process;
        _socketPath = socketPath;
        Url = url;
        process.OutputDataReceived += static (_, _) => { }; // An unread pipe would stop the server when full.
        process.ErrorDataReceived += KeepError;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Url { get; }

    public int Id => _process.Id;

    public static async Task<ServerProcess> StartAsync(Peer peer, UrlKind kind, Pinning pinning, CancellationToken cancel)
    {
        string? socketPath = kind == UrlKind.Unix ? Path.Combine(Path.GetTempPath(), $"weir-bench-{Guid.NewGuid():N}.sock") : null;
        string url = socketPath is null ? $"tcp://127.0.0.1:{FreePort()}" : $"unix://{socketPath}";
        string[] command = pinning.Server(peer.CommandFor(url));
        Process process = Shell.Start(command, peer.Environment)
            ?? throw new BenchException($"{peer.Name}: {command[0]} can't be started");
        var server = new ServerProcess(peer, process, url, socketPath);
        try
        {
            await server.WaitUntilItAnswersAsync(cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_socketPath is not null)
            File.Delete(_socketPath);
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private async Task WaitUntilItAnswersAsync(CancellationToken cancel)
    {
        EndPoint endPoint = _socketPath is null
            ? IPEndPoint.Parse(new Uri(Url).Authority)
            : new UnixDomainSocketEndPoint(_socketPath);
        long start = Stopwatch.GetTimestamp();
        while (!await ConnectsAsync(endPoint, cancel))
        {
            if (_process.HasExited)
                throw Failed($"ended with exit code {_process.ExitCode} before it listened");
            if (Stopwatch.GetElapsedTime(start) > s_startLimit)
                throw Failed($"no connection to {Url} after {s_startLimit.TotalSeconds:0} s");
            await Task.Delay(s_retryInterval, cancel);
        }
    }

    private static async Task<bool> ConnectsAsync(EndPoint endPoint, CancellationToken cancel)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void KeepError(object sender, DataReceivedEventArgs line)
    {
        lock (_errors)
        {
            if (line.Data is not null && _errors.Count < ErrorLinesKept)
                _errors.Enqueue(line.Data.Trim());
        }
    }

    private BenchException Failed(string what)
    {
        lock (_errors)
            return new BenchException($"{_peer.Name}: {what}. {string.Join(' ', _errors)}".TrimEnd(), BenchException.Wrong);
    }
}
