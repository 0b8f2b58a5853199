using System.Collections.Concurrent;
using Weir.Testing;
using Xunit.Sdk;

namespace Weir.EndToEnd.Transcripts;

/// <summary>
/// Runs a transcript's commands in a shell of its own, in a folder in which <c>./weir</c> is the program that the solution built, and where
/// possible in a network of its own, so that documents may name ports.
/// </summary>
internal sealed class TranscriptRun : IDisposable
{
    private const int BlocksAtOnce = 4;

    // What a shell has to know: who listens (.NET's runtime does for debuggers, always), and whether a command in the background
    // which prints nothing has begun to.
    private const string Functions = """
        set -m
        PATH=$PWD/.bin:$PATH
        listening() { ss -Hlntux | awk '$5 != "*" && !/dotnet-diagnostic/ { print $1, $5, $6 }'; }
        began() { while kill -0 $1 && ! listening | grep -qvxFf .listening; do sleep 0.02; done 2>/dev/null; }

        """;

    private static readonly string[] s_visible = ["bench", "docs", "samples", "src", "README.md"];

    private readonly Transcript _transcript;
    private readonly TemporaryFolder _folder = new();
    private readonly OutputPattern _pattern;
    private readonly List<TranscriptStep> _background = [];

    private TranscriptRun(Transcript transcript)
    {
        _transcript = transcript;
        _pattern = new OutputPattern(transcript.Varying);
        File.WriteAllText(_folder.File("weir"), $"#!/bin/sh\nexec {WeirProcess.InShell} \"$@\"\n");
        File.SetUnixFileMode(_folder.File("weir"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string name in s_visible.Where(name => Path.Exists(Repository.At(name))))
            File.CreateSymbolicLink(_folder.File(name), Repository.At(name));
        // Documents mean OpenBSD's when they say nc, whichever of several this machine calls so.
        if (Run.Find("nc.openbsd") is { } netcat)
            File.CreateSymbolicLink(Directory.CreateDirectory(_folder.File(".bin")).FullName + "/nc", netcat);
    }

    /// <summary>
    /// Runs the blocks of a document, several at a time where each has a network of its own: those that need a program by a comment, or
    /// those that have no such comment.
    /// </summary>
    public static async Task CheckAllAsync(string document, string needs = "")
    {
        string[] lines = await File.ReadAllLinesAsync(Repository.At(document));
        IEnumerable<Transcript> transcripts = Transcript.In(document, lines).Where(transcript => transcript.Needs == needs);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = NetworkNamespace.IsAvailable.Value ? BlocksAtOnce : 1 };
        ConcurrentQueue<string> failures = [];
        await Parallel.ForEachAsync(transcripts, atOnce, async (transcript, _) =>
        {
            try
            {
                await CheckAsync(transcript);
            }
            catch (XunitException failure)
            {
                failures.Enqueue(failure.Message);
            }
        });
        if (!failures.IsEmpty)
            throw new XunitException(string.Join("\n\n", failures));
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
        await shell.WriteAsync(Functions);
        foreach (TranscriptStep step in _transcript.Steps)
        {
            if (step.IsForeground)
                await FinishAsync(shell, step, JobOf(step));
            else
                await StartAsync(shell, step);
        }

        await shell.WriteAsync("for job in $(jobs -p); do kill -TERM -- -$job; done; wait 2>/dev/null; exit 0\n");
        await shell.ExitAsync();
    }

    private async Task StartAsync(RunningProgram shell, TranscriptStep step)
    {
        string output = OutputOf(step);
        string command = _pattern.Fill(step.Command);
        bool isSilent = step.IsBackground && step.Before.Length == 0;
        // The file is made first: the shell goes on before the command in the background has opened it.
        await shell.WriteAsync(
            $"{(isSilent ? "listening >.listening; " : "")}: >{output}; ( {command}\n) >{output} 2>&1 </dev/null & job{step.Line}=$!; "
            + $"{(isSilent ? $"began $job{step.Line}; " : "")}echo started {step.Line}\n");
        await shell.OutputHas($"started {step.Line}\n");
        if (!step.IsBackground)
        {
            await FinishAsync(shell, step, step);
            return;
        }

        await Prints(step, step.Before, output, isWhole: false);
        _background.Add(step);
    }

    // A command that is brought back has printed something before.
    private async Task FinishAsync(RunningProgram shell, TranscriptStep step, TranscriptStep job)
    {
        string[] before = ReferenceEquals(step, job) ? step.Before : [.. job.Before, .. step.Before];
        if (step.AfterInterrupt is not null)
            await Prints(step, before, OutputOf(job), isWhole: false);
        string interrupt = step.AfterInterrupt is null ? "" : $"kill -INT -- -$job{job.Line}; ";
        await shell.WriteAsync($"{interrupt}wait $job{job.Line} 2>/dev/null; echo ended {step.Line}\n");
        await shell.OutputHas($"ended {step.Line}\n");
        await Prints(step, [.. before, .. step.AfterInterrupt ?? []], OutputOf(job), isWhole: true);
    }

    private TranscriptStep JobOf(TranscriptStep step)
    {
        int number = step.JobNumber == 0 ? _background.Count : step.JobNumber;
        return number > 0 && number <= _background.Count
            ? _background[number - 1]
            : throw new XunitException($"{_transcript.Document}:{step.Line}: $ {step.Command}: no such command is in the background");
    }

    private string OutputOf(TranscriptStep step) => _folder.File($".output{step.Line}");

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
