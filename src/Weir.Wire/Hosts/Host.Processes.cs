using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

// Programs that run inside the host.
public sealed partial class Host
{
    private const int MaxEndingRounds = 50;

    private static readonly TimeSpan s_endingPause = TimeSpan.FromMilliseconds(10);

    private readonly List<Process> _processes = [];

    /// <summary>
    /// Starts a program inside the host, its input, output and errors as streams. It is killed when the network is disposed of, and with this process.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public Process Start(string command, params IEnumerable<string> arguments) => Start(new ProcessStartInfo(command, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    });

    /// <inheritdoc cref="Start(string, IEnumerable{string})"/>
    /// <param name="info">How to start it; it stays as it is. UseShellExecute is false whatever it says.</param>
    public Process Start(ProcessStartInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        ProcessStartInfo own = CopyOf(info);
        DieWithThisProcess(own);
        Process process = _thread.Run(() => Process.Start(own)!);
        lock (_lock)
            _processes.Add(process);
        return process;
    }

    /// <summary>
    /// .NET starts a thread for signals with the first process, from the thread that starts it: that must be none inside a host.
    /// </summary>
    internal static void StartSignalThread() => System.Runtime.InteropServices.PosixSignalRegistration
        .Create(System.Runtime.InteropServices.PosixSignal.SIGCHLD, static _ => { }).Dispose();

    private static ProcessStartInfo CopyOf(ProcessStartInfo info)
    {
        var copy = new ProcessStartInfo(info.FileName, info.Arguments)
        {
            WorkingDirectory = info.WorkingDirectory,
            UserName = info.UserName,
            UseShellExecute = false,
            RedirectStandardInput = info.RedirectStandardInput,
            RedirectStandardOutput = info.RedirectStandardOutput,
            RedirectStandardError = info.RedirectStandardError,
            StandardInputEncoding = info.StandardInputEncoding,
            StandardOutputEncoding = info.StandardOutputEncoding,
            StandardErrorEncoding = info.StandardErrorEncoding,
        };
        foreach (string argument in info.ArgumentList)
            copy.ArgumentList.Add(argument);
        copy.Environment.Clear();
        foreach ((string name, string? value) in info.Environment)
            copy.Environment.Add(name, value);
        return copy;
    }

    // What does not exist is left to Process, which says so.
    private static void DieWithThisProcess(ProcessStartInfo info)
    {
        if (ProgramPaths.DyingWithItsParent is not [string first, .. string[] rest] || ProgramPaths.Find(info.FileName) is not string program)
            return;
        string[] words = [.. rest, program];
        info.FileName = first;
        if (info.Arguments.Length > 0)
        {
            // Process splits it, as it would have done.
            info.Arguments = $"{string.Join(' ', words.Select(Quoted))} {info.Arguments}";
            return;
        }

        for (int i = 0; i < words.Length; i++)
            info.ArgumentList.Insert(i, words[i]);
    }

    // Before a quotation mark each backslash counts (ProcessStartInfo.Arguments).
    private static string Quoted(string word)
    {
        var quoted = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char letter in word)
        {
            if (letter == '"')
                quoted.Append('\\', backslashes + 1);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
            quoted.Append(letter);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private void EndProcesses()
    {
        // Those that they have started in turn are found by their namespace; new ones may come while they are looked for.
        for (int round = 0; round < MaxEndingRounds && ProcessesInside() is { Count: > 0 } inside; round++)
        {
            foreach (int process in inside)
                Sys.Kill(process, SIGKILL);
            _ = Sys.Poll([], s_endingPause);
        }

        lock (_lock)
        {
            foreach (Process process in _processes)
                process.Dispose();
            _processes.Clear();
        }
    }

    private List<int> ProcessesInside()
    {
        var inside = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && id != Environment.ProcessId
                && Sys.Open(Encoding.ASCII.GetBytes($"{folder}/ns/net"), O_RDONLY | O_CLOEXEC) is { IsOk: true } opened)
            {
                using var file = new SafeFd(opened.Value);
                if (Sys.Stat(file.Number, out statx status).IsOk && status.stx_ino == NamespaceInode)
                    inside.Add(id);
            }
        }

        return inside;
    }
}
