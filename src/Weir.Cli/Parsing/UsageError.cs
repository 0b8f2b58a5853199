using System.CommandLine;
using System.CommandLine.Parsing;
using Weir.Sockets;

namespace Weir.Cli.Parsing;

/// <summary>What is wrong with a command line: one line with the word that it is about and what to try.</summary>
internal static class UsageError
{
    public static string Describe(ParseResult parsed)
    {
        CommandResult command = parsed.CommandResult;
        // What follows an unknown option may be its value, and no mistake of its own.
        if (parsed.Errors.FirstOrDefault(IsAboutAnOption) is { } unknown)
            return unknown.Message;
        if (parsed.UnmatchedTokens.Count > 0)
            return DescribeUnknown(parsed.UnmatchedTokens[0], command);
        ParseError first = parsed.Errors[0];
        return first.SymbolResult switch
        {
            OptionResult option when option.IdentifierTokenCount > 1 =>
                $"{option.Option.Name}: given {option.IdentifierTokenCount} times, and once is enough; see {Help(command)}",
            OptionResult option when option.Tokens.Count == 0 && option.Option.HelpName is { } expected =>
                $"{option.Option.Name}: the value is missing; expected {option.Option.Name} <{expected}>; see {Help(command)}",
            ArgumentResult argument when argument.Tokens.Count == 0 =>
                $"{command.Command.Name}: the {argument.Argument.Name.ToUpperInvariant()} is missing; see {Help(command)}",
            CommandResult when command.Command.Subcommands.Count > 0 => $"a command is missing; expected one of {Names(command.Command)}; see {Help(command)}",
            _ => first.Message,
        };
    }

    /// <summary>A word that has no place: a command, an option or an argument that does not exist.</summary>
    public static string DescribeUnknown(string word, CommandResult result)
    {
        Command command = result.Command;
        bool isOption = IsOption(word);
        if (!isOption && command.Subcommands.Count == 0)
            return $"{command.Name}: one word too many: '{word}'; see {Help(result)}";
        IEnumerable<string> known = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        string what = $"unknown {(isOption ? "option" : "command")} '{word}'";
        return Spelling.Nearest(word, known) is { } nearest ? $"{what}; did you mean {nearest}?" : $"{what}; see {Help(result)}";
    }

    public static bool IsOption(string word) => word.StartsWith('-');

    private static bool IsAboutAnOption(ParseError error) =>
        error.SymbolResult is ArgumentResult { Tokens: [var word, ..] } && IsOption(word.Value);

    private static string Help(CommandResult result) => $"'{FullName(result)} --help'";

    private static string FullName(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{FullName(parent)} {result.Command.Name}" : result.Command.Name;

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Select(sub => sub.Name));
}
