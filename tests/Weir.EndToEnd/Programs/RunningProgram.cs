using System.Diagnostics;
using System.Text;
using Weir.Testing;
using Xunit.Sdk;

namespace Weir.EndToEnd;

/// <summary>A program that a test talks to while it runs. What it writes is collected; at the end of the test it is killed.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Collected _output = new();
    private readonly Collected _errors = new();
    private readonly Task _reading;
    private readonly string _command;

    private RunningProgram(Process process, string command)
    {
        _process = process;
        _command = command;
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _errors.ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public string Output => _output.Text;

    public string Errors => _errors.Text;

    public bool HasExited => _process.HasExited;

    public static RunningProgram Start(IReadOnlyList<string> command, string workingDirectory = "")
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            WorkingDirectory = workingDirectory,
        };
        string text = string.Join(' ', command);
        return new RunningProgram(Process.Start(info) ?? throw new XunitException($"{text} did not start"), text);
    }

    /// <summary>A line of the shell.</summary>
    public static RunningProgram Shell(string script) => Start(["sh", "-c", script]);

    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text).InTime();
        await _process.StandardInput.FlushAsync().InTime();
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits until the program has written this.</summary>
    public Task OutputHas(string text) => Until(() => Output.Contains(text, StringComparison.Ordinal), $"{text} on standard output");

    /// <inheritdoc cref="OutputHas"/>
    public Task ErrorsHave(string text) => Until(() => Errors.Contains(text, StringComparison.Ordinal), $"{text} on standard error");

    /// <summary>Waits for a condition; fails with all that the program wrote when the program ends before, or at the deadline.</summary>
    public async Task Until(Func<bool> condition, string what)
    {
        try
        {
            await Eventually.True(() => condition() || (_process.HasExited && _reading.IsCompleted));
        }
        catch (XunitException)
        {
            // The line below says more.
        }

        if (!condition())
            throw new XunitException($"{_command}: waited in vain for {what}\noutput: {Output}\nerrors: {Errors}");
    }

    /// <param name="signal">TERM, INT, KILL.</param>
    public async Task SignalAsync(string signal) =>
        (await new Run("sh", "-c", $"kill -{signal} {_process.Id}").ToEnd()).Succeeded();

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), _reading).InTime();
        }
        catch (TimeoutException)
        {
            throw new XunitException($"{_command}: still running\noutput: {Output}\nerrors: {Errors}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().InTime();
        _process.Dispose();
    }

    private sealed class Collected
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public async Task ReadAsync(StreamReader reader)
        {
            char[] buffer = new char[4096];
            while (await reader.ReadAsync(buffer) is var count and > 0)
            {
                lock (_text)
                    _text.Append(buffer, 0, count);
            }
        }
    }
}
