using System.ComponentModel;
using System.Diagnostics;

namespace Weir.Bench;

internal sealed record ShellResult(int ExitCode, string Output, string Error);

/// <summary>Runs a program to its end, within a limit.</summary>
internal static class Shell
{
    /// <summary>Null when the program isn't installed.</summary>
    public static async Task<ShellResult?> RunAsync(
        IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancel, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process? process = Start(command, environment);
        if (process is null)
            return null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ShellResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"{command[0]}: no end after {limit.TotalSeconds:0} s", BenchException.Wrong);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Starts a program with its output and errors redirected. Null when it isn't installed.</summary>
    public static Process? Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, bool redirectsInput = false)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = redirectsInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public static async Task<string?> FirstLineAsync(CancellationToken cancel, params string[] command)
    {
        ShellResult? result = await RunAsync(command, TimeSpan.FromSeconds(10), cancel);
        return result is { ExitCode: 0 } ? result.Output.Split('\n')[0].Trim() : null;
    }
}
