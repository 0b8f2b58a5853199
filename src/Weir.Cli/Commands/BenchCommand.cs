using System.CommandLine;
using Weir.Cli.Output;

namespace Weir.Cli.Commands;

/// <summary>Named in the help; the launcher of a checkout runs the benchmarks themselves, which need the peers' sources.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Measure the engine against its peers (in a checkout of the repository: ./weir bench echo).")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(_ =>
        {
            Console.Error.WriteLine("weir: bench compiles the programs that it compares with; run ./weir bench in a checkout of the repository");
            return ExitCode.Usage;
        });
        return command;
    }
}
