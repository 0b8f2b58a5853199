using System.ComponentModel;
using System.Diagnostics;
using Weir.Linux;

namespace Weir.Cli.Capturing;

/// <summary>A command whose traffic is captured, with everything that it starts. Its output goes to standard error: standard output is the capture's.</summary>
internal sealed class CapturedCommand : IDisposable
{
    private readonly Process _process;

    private CapturedCommand(Process process)
    {
        _process = process;
        Exited = process.WaitForExitAsync();
    }

    public Task Exited { get; }

    /// <summary>Of a command that has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <param name="command">The command and its arguments.</param>
    /// <param name="members">The file of a cgroup that it begins in.</param>
    /// <exception cref="IOException">There is no such command, or it can't be started.</exception>
    public static CapturedCommand Start(IReadOnlyList<string> command, string? members)
    {
        // What the command leaves behind stays a descendant of this process, and so its own.
        Sys.SetChildSubreaper();
        if (Locate(command[0]) is null)
            throw new IOException($"{command[0]}: no such command");
        try
        {
            string[] words = members is null
                ? ["-c", "exec \"$@\" >&2", "sh", .. command]
                : ["-c", "echo 0 >\"$1\" || exit 126; shift; exec \"$@\" >&2", "sh", members, .. command];
            return new CapturedCommand(Process.Start(new ProcessStartInfo("/bin/sh", words) { UseShellExecute = false })!);
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"{command[0]}: {(Errno)exception.NativeErrorCode}", exception);
        }
    }

    public void Dispose() => _process.Dispose();

    private static string? Locate(string name) =>
        name.Contains('/', StringComparison.Ordinal)
            ? (File.Exists(name) ? name : null)
            : Environment.GetEnvironmentVariable("PATH")?.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
