using System.Diagnostics;
using System.Text.Json;

namespace Weir.Bench;

/// <summary>What a client process says after each of its steps.</summary>
internal sealed record ManyStep(int? Opened, int? Answered, int? Closed, int Wrong);

/// <summary>One process of <c>load --many</c>: it opens its connections, and takes the next step when it is told.</summary>
internal sealed class ManyClient : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private ManyClient(Process process) => _process = process;

    public static ManyClient Start(ManyServers servers, int first, int count)
    {
        string[] command = [NativePrograms.Load, "--url", servers.Url, "--pid", $"{servers.FirstId}", "--many", $"{count}", "--first", $"{first}"];
        return new ManyClient(Shell.Start(command, environment: null, redirectsInput: true) ?? throw new BenchException($"{command[0]}: can't be started"));
    }

    public async Task GoOnAsync()
    {
        await _process.StandardInput.WriteAsync("\n");
        await _process.StandardInput.FlushAsync();
    }

    public async Task<ManyStep> StepAsync(CancellationToken cancel)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(s_limit, cancel);
        if (line is null)
            throw new BenchException((await _process.StandardError.ReadToEndAsync(cancel)).Trim(), BenchException.Wrong);
        return JsonSerializer.Deserialize<ManyStep>(line, BenchJson.Options)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
