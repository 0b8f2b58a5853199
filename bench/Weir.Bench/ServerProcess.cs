using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>A fresh server, pinned, that answers a connect. Disposing kills it and its children, by their ids.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int ErrorLinesKept = 5;

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly Process _process;
    private readonly string? _socketPath;
    private readonly Queue<string> _errors = [];

    private ServerProcess(string name, Process process, string url, string? socketPath)
    {
        _name = name;
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

    /// <summary>Whether it has an io_uring: a server that is refused one may have chosen another engine.</summary>
    public bool HasRing => Directory.GetFiles($"/proc/{Id}/fd").Any(fd => new FileInfo(fd).LinkTarget == "anon_inode:[io_uring]");

    public static Task<ServerProcess> StartAsync(Peer peer, UrlKind kind, Pinning pinning, CancellationToken cancel)
    {
        string? socketPath = kind == UrlKind.Unix ? Path.Combine(Path.GetTempPath(), $"weir-bench-{Guid.NewGuid():N}.sock") : null;
        string url = socketPath is null ? $"tcp://127.0.0.1:{FreePort.Tcp()}" : $"unix://{socketPath}";
        EndPoint endPoint = socketPath is null
            ? IPEndPoint.Parse(new Uri(url).Authority)
            : new UnixDomainSocketEndPoint(socketPath);
        ServerProcess server = Start(peer.Name, pinning.Server(peer.CommandFor(url)), peer.Environment, url, socketPath);
        return server.WhenReadyAsync(() => ConnectsAsync(endPoint, cancel), cancel);
    }

    /// <summary>Nothing connects to see whether it listens: a relay would connect to its backend, which isn't there yet.</summary>
    public static Task<ServerProcess> StartUnseenAsync(
        string name,
        IReadOnlyList<string> command,
        string url,
        CancellationToken cancel,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(new Uri(url).Authority);
        ServerProcess server = Start(name, command, environment, url, socketPath: null);
        return server.WhenReadyAsync(() => Task.FromResult(Listens(endPoint)), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true); // nginx's worker would outlive its master.
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_socketPath is not null)
            File.Delete(_socketPath);
    }

    private static ServerProcess Start(
        string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, string url, string? socketPath)
    {
        Process process = Shell.Start(command, environment) ?? throw new BenchException($"{name}: {command[0]} can't be started");
        return new ServerProcess(name, process, url, socketPath);
    }

    private async Task<ServerProcess> WhenReadyAsync(Func<Task<bool>> isReady, CancellationToken cancel)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (!await isReady())
            {
                if (_process.HasExited)
                    throw Failed($"ended with exit code {_process.ExitCode} before it listened");
                if (Stopwatch.GetElapsedTime(start) > s_startLimit)
                    throw Failed($"does not listen on {Url} after {s_startLimit.TotalSeconds:0} s");
                await Task.Delay(s_retryInterval, cancel);
            }

            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private static bool Listens(IPEndPoint endPoint) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Contains(endPoint);

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
            return new BenchException($"{_name}: {what}. {string.Join(' ', _errors)}".TrimEnd(), BenchException.Wrong);
    }
}
