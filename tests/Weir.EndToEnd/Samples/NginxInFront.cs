using System.Net;
using System.Net.Sockets;
using Weir.Testing;
using Xunit.Sdk;

namespace Weir.EndToEnd.Samples;

/// <summary>samples/BehindNginx and a real nginx with the sample's own nginx.conf, in a folder and on a port of their own.</summary>
internal sealed class NginxInFront : IAsyncDisposable
{
    private const string FolderOfTheSample = "/tmp/behind-nginx";
    private const string PortOfTheSample = "127.0.0.1:8080";
    private const int PortAttempts = 5;

    private readonly TemporaryFolder _folder = new();
    private RunningProgram? _nginx;

    private NginxInFront()
    {
    }

    public RunningProgram? Application { get; private set; }

    /// <summary>Where nginx listens, without a scheme.</summary>
    public string Address { get; private set; } = "";

    public string Url => $"http://{Address}";

    public string SocketPath => File("application.sock");

    public static async Task<NginxInFront> StartAsync()
    {
        var both = new NginxInFront();
        try
        {
            await both.StartApplicationAsync();
            await both.StartNginxAsync();
            return both;
        }
        catch
        {
            await both.DisposeAsync();
            throw;
        }
    }

    public string File(string name) => _folder.File(name);

    public async Task StartApplicationAsync()
    {
        Application = SampleProgram.Start("BehindNginx", $"--socket=unix://{SocketPath}?mode=0660");
        await Application.OutputHas("Application started");
    }

    public async Task<Finished> CurlAsync(string path, params string[] arguments) =>
        (await new Run("curl", ["-sS", .. arguments, $"{Url}{path}"]).ToEnd()).Succeeded();

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        if (Application is not null)
            await Application.DisposeAsync();
        _folder.Dispose();
    }

    // The port is free when it is chosen; another program may be faster.
    private async Task StartNginxAsync()
    {
        for (int attempt = 1; attempt <= PortAttempts; attempt++)
        {
            Address = $"127.0.0.1:{FreePort()}";
            WriteConfiguration();
            // A root's workers would be nobody, who cannot enter the folder.
            string[] user = Environment.IsPrivilegedProcess ? ["-g", "user root;"] : [];
            _nginx = RunningProgram.Start([Run.Find("nginx")!, "-e", "stderr", "-p", _folder.Path, "-c", File("nginx.conf"), .. user]);
            // It listens when it has written who it is.
            await Eventually.True(() => IsWritten(File("nginx.pid")) || _nginx.HasExited);
            if (!_nginx.HasExited)
                return;
            await _nginx.ExitAsync();
            if (!_nginx.Errors.Contains("Address already in use", StringComparison.Ordinal))
                break;
        }

        throw new XunitException($"nginx did not start\n{_nginx?.Errors}");
    }

    private void WriteConfiguration()
    {
        string sample = System.IO.File.ReadAllText(Repository.At("samples", "BehindNginx", "nginx.conf"));
        Directory.CreateDirectory(File("temp"));
        System.IO.File.WriteAllText(
            File("nginx.conf"),
            sample.Replace(PortOfTheSample, Address, StringComparison.Ordinal).Replace(FolderOfTheSample, _folder.Path, StringComparison.Ordinal));
    }

    private static bool IsWritten(string path) => System.IO.File.Exists(path) && new FileInfo(path).Length > 0;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
