using System.Diagnostics;
using System.IO.Pipes;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>A command of the shell, in a session of its own, so that all of it gets a signal.</summary>
internal sealed class ChildProcess
{
    private const int FirstSignalStatus = 128;
    private const int LastSignal = 64;
    private const string OverPipes = "setsid sh -c \"$1\"";

    // The child's session gets the terminal as its own when it opens it (setsid(1)).
    private const string OnTerminal = "setsid -c sh -c \"$1\" 0<>\"$2\" 1>&0 2>&1";

    // .NET ignores SIGPIPE and a shell's background job SIGINT, and a child inherits what is ignored: `yes | head` would complain, and a
    // terminal's Ctrl-C end nothing. Where env(1) cannot help (coreutils before 8.31, busybox), it stays so.
    // Asked again when asking has failed, as it does while there is no room for a process: that passes.
    private static readonly Lazy<string> s_exec =
        new(() => ResetsSignals() ? $"exec {ResetSignals} " : "exec ", LazyThreadSafetyMode.PublicationOnly);
    private const string ResetSignals = "env --default-signal=PIPE,INT,QUIT";

    private readonly Process _process;
    // Held until the child's end: a program closes its output before it ends, and the last close of the master would kill it there (SIGHUP).
    private readonly SafeFd? _terminal;
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, SafeFd output, SafeFd input, SafeFd? terminal)
    {
        (_process, Output, Input, _terminal) = (process, output, input, terminal);
        Exited = process.WaitForExitAsync();
    }

    /// <summary>What it writes.</summary>
    public SafeFd Output { get; }

    /// <summary>What it reads.</summary>
    public SafeFd Input { get; }

    public Task Exited { get; }

    /// <summary>After its end, what became of it.</summary>
    public int ExitStatus => _process.ExitCode;

    /// <exception cref="IOException">There is no shell, or no room for another process.</exception>
    /// <exception cref="SocketCallException">There is no terminal left.</exception>
    public static ChildProcess Start(string command, bool onTerminal)
    {
        try
        {
            return onTerminal ? StartOnTerminal(command) : StartOverPipes(command);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new IOException($"start /bin/sh: {failure.Message}", failure);
        }
    }

    /// <summary>Does not wait any longer before it is ended.</summary>
    public void Hurry() => _hurry.TrySetResult();

    /// <summary>Waits for its end, then asks for it (SIGTERM), then brings it about (SIGKILL). Nothing of it is left behind as a zombie.</summary>
    /// <param name="limit">For each of the two waits.</param>
    public async Task EndAsync(TimeSpan limit)
    {
        await Task.WhenAny(Exited, Task.Delay(limit), _hurry.Task).ConfigureAwait(false);
        if (!Exited.IsCompleted)
        {
            // A shell that talks to a terminal ignores the one and ends by the other.
            if (_terminal is not null)
                Signal(SIGHUP);
            Signal(SIGTERM);
            await Task.WhenAny(Exited, Task.Delay(limit)).ConfigureAwait(false);
        }

        if (!Exited.IsCompleted)
            Signal(SIGKILL);
        await Exited.ConfigureAwait(false);
        _terminal?.Dispose();
    }

    public string DescribeEnd() => ExitStatus is > FirstSignalStatus and <= FirstSignalStatus + LastSignal
        ? $"ended by signal {ExitStatus - FirstSignalStatus}"
        : $"exit status {ExitStatus}";

    private void Signal(int signal) => Sys.Kill(-_process.Id, signal);

    private static ChildProcess StartOverPipes(string command)
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", s_exec.Value + OverPipes, "sh", command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(info)!;
        SafeFd? output = null;
        try
        {
            output = Take(process.StandardOutput.BaseStream);
            return new ChildProcess(process, output, Take(process.StandardInput.BaseStream), terminal: null);
        }
        catch
        {
            output?.Dispose();
            process.Kill();
            // Closes the pipes that were not taken.
            process.Dispose();
            throw;
        }
    }

    private static ChildProcess StartOnTerminal(string command)
    {
        (SafeFd master, string path) = PseudoTerminal.Open();
        SafeFd? input = null;
        SafeFd? held = null;
        try
        {
            input = PseudoTerminal.Duplicate(master);
            held = PseudoTerminal.Duplicate(master);
            var info = new ProcessStartInfo("/bin/sh", ["-c", s_exec.Value + OnTerminal, "sh", command, path]) { UseShellExecute = false };
            return new ChildProcess(Process.Start(info)!, master, input, held);
        }
        catch
        {
            master.Dispose();
            input?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    private static bool ResetsSignals()
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", $"{ResetSignals} true 2>&-"]) { UseShellExecute = false };
        using var process = Process.Start(info)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    // The descriptor of the pipe itself: .NET's stream over it reads on threads of the pool.
    private static SafeFd Take(Stream stream)
    {
        using var pipe = (PipeStream)stream;
        SysResult taken = Sys.Duplicate((int)pipe.SafePipeHandle.DangerousGetHandle());
        return taken.IsOk ? new SafeFd(taken.Value) : throw new SocketCallException("dup", taken.Errno);
    }
}
