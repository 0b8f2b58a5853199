using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Weir.Cli.Commands;
using Weir.Cli.Output;
using Weir.Sockets;

namespace Weir.Cli;

/// <summary>The root of the command line, and the one place where an error becomes a line and an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Linux sockets for .NET, with the instruments to see inside them.")
        {
            ServeCommand.Create(),
            ConnectCommand.Create(),
            BenchCommand.Create(),
        };

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
            return Fail(parsed.Errors[0]);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            return Fail(exception.Message);
        }
        catch (NotSupportedException exception)
        {
            return Fail(exception.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.FoundWrong;
        }
    }

    /// <summary>A URL on the command line; an error in it is shown with a caret under the character.</summary>
    public static SocketUrl? ParseUrl(ArgumentResult result, string text)
    {
        if (SocketUrl.TryParse(text, out SocketUrl? url, out SocketUrlException? error))
            return url;
        result.AddError(error!.Message);
        return null;
    }

    private static int Fail(ParseError error)
    {
        string command = error.SymbolResult is ArgumentResult or OptionResult or CommandResult ? HelpHint(error.SymbolResult) : "";
        return Fail(error.Message + command);
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"weir: {message}");
        return ExitCode.Usage;
    }

    // An address says by itself what is expected; anything else points to the help.
    private static string HelpHint(SymbolResult symbol) => symbol is ArgumentResult ? "" : "; see 'weir --help'";
}
