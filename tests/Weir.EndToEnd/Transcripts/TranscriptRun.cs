using Weir.Testing;
using Xunit.Sdk;

namespace Weir.EndToEnd.Transcripts;

/// <summary>
/// Runs a transcript's commands in a shell of its own, in a folder in which <c>./weir</c> is the program that the solution built, and where
/// possible in a network of its own, so that documents may name ports.
/// </summary>
internal sealed class TranscriptRun : IDisposable
{
    private static readonly string[] s_visible = ["bench", "docs", "samples", "src", "README.md"];

    private readonly Transcript _transcript;
    private readonly TemporaryFolder _folder = new();
    private readonly OutputPattern _pattern;

    private TranscriptRun(Transcript transcript)
    {
        _transcript = transcript;
        _pattern = new OutputPattern(transcript.Varying);
        File.WriteAllText(_folder.File("weir"), $"#!/bin/sh\nexec {WeirProcess.InShell} \"$@\"\n");
        File.SetUnixFileMode(_folder.File("weir"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string name in s_visible.Where(name => Path.Exists(Repository.At(name))))
            File.CreateSymbolicLink(_folder.File(name), Repository.At(name));
    }

    /// <summary>Runs the commands in order; fails with a comparison at the first that prints something else.</summary>
    public static async Task CheckAsync(Transcript transcript)
    {
        using var run = new TranscriptRun(transcript);
        await run.RunAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync()
    {
        string[] starter = NetworkNamespace.IsAvailable.Value ? NetworkNamespace.Starter : [];
        // Job control: each command is a process group, which can be interrupted or ended as a whole.
        await using RunningProgram shell = RunningProgram.Start([.. starter, "bash"], _folder.Path);
        await shell.WriteAsync("set -m\n");
        foreach (TranscriptStep step in _transcript.Steps)
        {
            string output = _folder.File($".output{step.Line}");
            string command = _pattern.Fill(step.Command);
            // The file is made first: the shell goes on before the command in the background has opened it.
            await shell.WriteAsync($": >{output}; ( {command}\n) >{output} 2>&1 </dev/null & job=$!; echo started {step.Line}\n");
            await shell.OutputHas($"started {step.Line}\n");
            if (step.IsBackground || step.AfterInterrupt is not null)
                await Prints(step, step.Before, output, isWhole: false);
            if (step.IsBackground)
                continue;
            string end = step.AfterInterrupt is null ? "" : "kill -INT -- -$job; ";
            await shell.WriteAsync($"{end}wait $job 2>/dev/null; echo ended {step.Line}\n");
            await shell.OutputHas($"ended {step.Line}\n");
            await Prints(step, [.. step.Before, .. step.AfterInterrupt ?? []], output, isWhole: true);
        }

        await shell.WriteAsync("for job in $(jobs -p); do kill -TERM -- -$job; done; wait 2>/dev/null; exit 0\n");
        await shell.ExitAsync();
    }

    private async Task Prints(TranscriptStep step, string[] expected, string output, bool isWhole)
    {
        try
        {
            TimeSpan? deadline = isWhole ? TimeSpan.Zero : null;
            await Eventually.True(() => _pattern.Matches(expected, File.ReadAllText(output), onlyBeginning: !isWhole), deadline);
        }
        catch (XunitException late)
        {
            string printed = await File.ReadAllTextAsync(output);
            throw new XunitException(
                $"{_transcript.Document}:{step.Line}: $ {step.Command}\n"
                + $"the document says:\n{string.Join('\n', expected)}\nit printed:\n{printed}",
                late);
        }
    }
}
