using System.Diagnostics;
using Xunit.Sdk;

namespace Weir.Testing;

/// <summary>One run of a program to its end: <c>await new Run("gcc", "-o", output, source).ToEnd()</c>.</summary>
public sealed class Run(string program, params string[] arguments)
{
    /// <summary>What the program reads as standard input; nothing, when not given.</summary>
    public string Input { get; init; } = "";

    /// <summary>Variables that are added to this process's own.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    /// <summary>A program that takes longer is killed with its children, and the test fails.</summary>
    public TimeSpan Limit { get; init; } = Deadline.Generous;

    /// <summary>A run of a .NET assembly on the runtime that runs the tests.</summary>
    public static Run Dotnet(string assembly, IEnumerable<string> arguments, Dictionary<string, string>? environment = null) =>
        new(Host(), [assembly, .. arguments]) { Environment = environment ?? [] };

    /// <summary>The program's path, or null when no folder of PATH has it.</summary>
    public static string? Find(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    public async Task<Finished> ToEnd()
    {
        using Process process = Process.Start(StartInfo()) ?? throw new XunitException($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await Feed(process).InTime(Limit);
            await Task.WhenAll(output, errors, process.WaitForExitAsync()).InTime(Limit);
        }
        catch (TimeoutException late)
        {
            process.Kill(entireProcessTree: true);
            throw new XunitException($"{this} was still running after {Limit.TotalSeconds:0.#} s and was killed", late);
        }

        return new Finished(ToString(), process.ExitCode, await output, await errors);
    }

    public override string ToString() => string.Join(' ', [program, .. arguments]);

    private static string Host() =>
        Path.GetFileName(System.Environment.ProcessPath) == "dotnet" ? System.Environment.ProcessPath! : "dotnet";

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory,
        };
        foreach ((string name, string value) in Environment)
            info.Environment[name] = value;
        return info;
    }

    private async Task Feed(Process process)
    {
        try
        {
            await process.StandardInput.WriteAsync(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading: its exit code tells.
        }
    }
}

/// <summary>What a program left behind.</summary>
public sealed record Finished(string Command, int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>This, or a failed test that shows what the program wrote.</summary>
    public Finished Succeeded() =>
        ExitCode == 0 ? this : throw new XunitException($"{Command}: exit code {ExitCode}\n{Errors}{Output}");
}
