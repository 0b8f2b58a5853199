using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using System.Reflection;
using Weir.Cli.Commands;
using Weir.Cli.Configuration;
using Weir.Cli.Output;
using Weir.Cli.Parsing;
using Weir.Sockets;
using Weir.Wire;

namespace Weir.Cli;

/// <summary>The root of the command line, and the one place where an error becomes a line and an exit code.</summary>
internal static class CommandLine
{
    // A word that begins with @ is an abstract name somebody mistyped, not a file with more words.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    // Signals are the commands' own affair: draining takes as long as it was given.
    private static readonly InvocationConfiguration s_invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        // Somebody who says nothing wants to know what there is to say.
        ParseResult parsed = Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
            return Fail(UsageError.Describe(parsed));
        try
        {
            return await parsed.InvokeAsync(s_invocation).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            return Fail(exception.Message);
        }
        catch (Exception exception) when (exception is NotSupportedException or SocketUrlException or ConfigException or NamespaceException or IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.FoundWrong;
        }
    }

    public static ParseResult Parse(string[] args)
    {
        // Not a RootCommand, whose name is the assembly's.
        var root = new Command("weir", "Linux sockets for .NET, with the instruments to see inside them.")
        {
            ServeCommand.Create(),
            ListenCommand.Create(),
            ConnectCommand.Create(),
            RelayCommand.Create(),
            CaptureCommand.Create(),
            OptionsCommand.Create(),
            BenchCommand.Create(),
            new HelpOption { Description = "Show what there is, and how to use it." },
            Version(),
        };
        return root.Parse(args, s_parsing);
    }

    /// <summary>A URL on the command line; an error in it names the text, what is wrong and what was expected.</summary>
    public static SocketUrl? ParseUrl(ArgumentResult result, string text)
    {
        if (SocketUrl.TryParse(text, out SocketUrl? url, out SocketUrlException? error))
            return url;
        // A word that begins with a hyphen is no address: whoever wrote it meant an option.
        result.AddError(UsageError.IsOption(text) ? UsageError.DescribeUnknown(text, (CommandResult)result.Parent!) : error!.Message);
        return null;
    }

    private static VersionOption Version()
    {
        var attribute = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!;
        return new VersionOption
        {
            Description = "Show the version and the commit it was built from.",
            Action = new PrintAction($"weir {attribute.InformationalVersion}"),
        };
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"weir: {message}");
        return ExitCode.Usage;
    }
}
