using System.CommandLine;
using System.CommandLine.Invocation;
using Weir.Cli.Output;

namespace Weir.Cli.Parsing;

/// <summary>What an option does that prints a line and ends.</summary>
internal sealed class PrintAction(string line) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        Console.WriteLine(line);
        return ExitCode.Fine;
    }
}
