using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Weir.Bench;

/// <summary>A capturing program, from the moment that it captures to its last word.</summary>
internal sealed class CaptureProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    // On one core .NET waits ten times as long before it compiles for good; tcpdump is compiled already.
    private static readonly Dictionary<string, string> s_tiering = new() { ["DOTNET_TC_DelaySingleProcMultiplier"] = "1" };

    private readonly CapturePeer _peer;
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CaptureProcess(CapturePeer peer, Process process)
    {
        (_peer, _process) = (peer, process);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>CPU time of the program so far, its part in the kernel included.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<CaptureProcess> StartAsync(CapturePeer peer, IReadOnlyList<string> command, CancellationToken cancel)
    {
        Process process = Shell.Start(command, s_tiering) ?? throw new BenchException($"{peer.Name}: not installed; apt install tcpdump");
        var capture = new CaptureProcess(peer, process);
        if (await Task.WhenAny(capture._ready.Task, process.WaitForExitAsync(cancel), Task.Delay(s_limit, cancel)) != capture._ready.Task)
        {
            await capture.DisposeAsync();
            throw new BenchException($"{peer.Name}: does not capture. {capture.Said}", BenchException.Wrong);
        }

        return capture;
    }

    /// <summary>Ends it as Ctrl-C does, and waits until the file is written.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        await Shell.RunAsync(["kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture)], s_limit, cancel);
        await _process.WaitForExitAsync(cancel).WaitAsync(s_limit, cancel);
        if (_process.ExitCode != 0)
            throw new BenchException($"{_peer.Name}: exit code {_process.ExitCode}. {Said}", BenchException.Wrong);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Said
    {
        get
        {
            lock (_said)
                return _said.ToString().Trim();
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_said)
            _said.Append(line).Append(' ');
        if (line.Contains(_peer.ReadyText, StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}
