using System.CommandLine;
using System.Text.Json;
using Weir.Sockets;

namespace Weir.Cli.Configuration;

/// <summary>
/// A configuration file for a command that takes addresses: a key per option, named like it with underscores, and
/// <c>socket_service_address</c>. Values are judged by the options themselves, so both ways say the same.
/// </summary>
internal static class CommandConfig
{
    public const string AddressKey = "socket_service_address";

    private const string ExampleAddress = "tcp://:3110";

    /// <summary>The file as if it had been written on the command line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="command">Whose options are keys.</param>
    /// <param name="excluded">Options that a file cannot give.</param>
    /// <exception cref="ConfigException">The file, a key or a value is wrong.</exception>
    public static ParseResult Read(string path, Command command, params Option[] excluded) =>
        Apply(ConfigFile.Read(path), command, excluded);

    internal static ParseResult Apply(ConfigFile file, Command command, params Option[] excluded)
    {
        Dictionary<string, Option> options = command.Options.Except(excluded).ToDictionary(KeyOf);
        List<string> words = [];
        foreach (ConfigEntry entry in file.Entries)
        {
            if (entry.Key == AddressKey)
                words.AddRange(Addresses(file, entry));
            else if (options.TryGetValue(entry.Key, out Option? option))
                words.Add(OptionWord(file, entry, option));
            else
                throw Unknown(file, entry, [AddressKey, .. options.Keys]);
        }

        return file.Find(AddressKey) is null ? throw file.Missing(AddressKey, ExampleAddress) : command.Parse(words);
    }

    private static string KeyOf(Option option) => option.Name.TrimStart('-').Replace('-', '_');

    private static IEnumerable<string> Addresses(ConfigFile file, ConfigEntry entry)
    {
        if (entry.Values.Count == 0)
            throw file.Wrong(entry.ValueOffset, $"{AddressKey} is empty; expected at least one, such as \"{ExampleAddress}\"");
        foreach (ConfigValue value in entry.Values)
        {
            if (value.Kind != JsonTokenType.String)
                throw file.Wrong(value.Offset, $"{AddressKey} is {value}; expected a string, such as \"{ExampleAddress}\", or a list of strings");
            if (!SocketUrl.TryParse(value.Text, out _, out SocketUrlException? error))
                throw file.Wrong(value.OffsetOf(error!.Position), error.Message);
        }

        return entry.Values.Select(value => value.Text);
    }

    private static string OptionWord(ConfigFile file, ConfigEntry entry, Option option)
    {
        (string expected, JsonTokenType[] kinds) = Expected(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType);
        if (entry.IsList || !kinds.Contains(entry.Values[0].Kind))
            throw file.Wrong(entry.ValueOffset, $"{entry.Key} is {(entry.IsList ? "a list" : entry.Values[0])}; expected {expected}");

        if (entry.Values[0].Text.Length == 0)
            throw file.Wrong(entry.ValueOffset, $"{entry.Key} is empty; expected {expected}, or leave {entry.Key} out");
        string word = $"{option.Name}={entry.Values[0].Text}";
        ParseResult tried = new Command(entry.Key) { option }.Parse([word]);
        return tried.Errors.Count == 0
            ? word
            : throw file.Wrong(entry.ValueOffset, tried.Errors[0].Message.Replace(option.Name, entry.Key, StringComparison.Ordinal));
    }

    private static (string Expected, JsonTokenType[] Kinds) Expected(Type type)
    {
        if (type == typeof(bool))
            return ("true or false", [JsonTokenType.True, JsonTokenType.False]);
        if (type == typeof(int) || type == typeof(double))
            return ("a number", [JsonTokenType.Number]);
        return type == typeof(long)
            ? ("a number, or a string such as \"10M\"", [JsonTokenType.Number, JsonTokenType.String])
            : ("a string", [JsonTokenType.String]);
    }

    private static ConfigException Unknown(ConfigFile file, ConfigEntry entry, IReadOnlyList<string> known) => file.Wrong(
        entry.Offset,
        Spelling.Nearest(entry.Key, known) is { } nearest
            ? $"unknown key '{entry.Key}'; did you mean {nearest}?"
            : $"unknown key '{entry.Key}'; known are {string.Join(", ", known)}");
}
