using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Cli.Configuration;

/// <summary>
/// A configuration file: one JSON object, comments and trailing commas allowed. Every key and value knows where it stands, so that
/// whatever is wrong with it is said as <c>file:line:column</c>.
/// </summary>
internal sealed class ConfigFile
{
    // A configuration is written by hand; more than this is another file.
    private const int MaxBytes = 1024 * 1024;

    private const int NotBegun = -1;

    private const string Expected = "a configuration is one JSON object, { \"key\": value, … }";

    private readonly string _path;
    private readonly byte[] _bytes;
    private readonly List<ConfigEntry> _entries = [];
    private int _start = NotBegun;

    private ConfigFile(string path, byte[] bytes) => (_path, _bytes) = (path, bytes);

    public IReadOnlyList<ConfigEntry> Entries => _entries;

    /// <exception cref="ConfigException">It cannot be read, or is no JSON object.</exception>
    public static ConfigFile Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = ReadStart(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(Unreadable(path, failure));
        }

        return Parse(path, bytes);
    }

    internal static ConfigFile Parse(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw new ConfigException($"{path}: it is longer than {MaxBytes} bytes, which a configuration has at most; is it another file?");
        ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
        var file = new ConfigFile(path, (bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes).ToArray());
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
            throw file.Wrong(0, $"it is empty; {Expected}");
        int valid = ValidBytes(file._bytes);
        if (valid < file._bytes.Length)
            throw file.Wrong(valid, $"the byte 0x{file._bytes[valid]:x2} is no UTF-8; save the file as UTF-8");
        try
        {
            file.ReadEntries();
        }
        catch (JsonException failure)
        {
            throw file.Wrong(failure);
        }

        return file;
    }

    public ConfigEntry? Find(string key) => _entries.Find(entry => entry.Key == key);

    /// <summary>What is wrong, and where.</summary>
    public ConfigException Wrong(int offset, string what) => new($"{Position(offset)}: {what}");

    /// <summary>A key is not there; the line is the one in which it may be written.</summary>
    public ConfigException Missing(string key, string example) =>
        new($"{_path}:{LineOf(_start)}: {key} is missing; add \"{key}\": \"{example}\" here");

    // What is longer is no configuration, and is not read to its end, which a device need not have.
    private static byte[] ReadStart(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] start = new byte[MaxBytes + 1];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static string Unreadable(string path, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: there is no such file",
        UnauthorizedAccessException when Directory.Exists(path) => $"{path}: it is a directory; name a file in it",
        UnauthorizedAccessException => $"{path}: no permission to read it; check its mode and its directories'",
        _ => $"{path}: {failure.Message}",
    };

    private static int ValidBytes(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (Rune.DecodeFromUtf8(text[length..], out _, out int bytes) == OperationStatus.Done)
            length += bytes;
        return length;
    }

    private ConfigException Wrong(JsonException failure)
    {
        string reason = failure.Message;
        int end = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string line = $"{_path}:{failure.LineNumber + 1}:{failure.BytePositionInLine + 1}";
        string expected = _start == NotBegun ? $"; {Expected}" : "";
        return new ConfigException($"{line}: {(end < 0 ? reason : reason[..end]).TrimEnd('.')}{expected}");
    }

    private void ReadEntries()
    {
        var reader = new Utf8JsonReader(
            _bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Wrong((int)reader.TokenStartIndex, Expected);
        _start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadEntry(ref reader);
        // What follows the object, if it is more than comments, is an error of JSON.
        reader.Read();
    }

    private void ReadEntry(ref Utf8JsonReader reader)
    {
        string key = reader.GetString()!;
        int offset = (int)reader.TokenStartIndex;
        if (Find(key) is { } first)
            throw Wrong(offset, $"{key} is given before, in line {LineOf(first.Offset)}; once is enough");
        reader.Read();
        bool isList = reader.TokenType == JsonTokenType.StartArray;
        int valueOffset = (int)reader.TokenStartIndex;
        List<ConfigValue> values = [];
        if (!isList)
            values.Add(ReadValue(ref reader));
        while (isList && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            values.Add(ReadValue(ref reader));
        _entries.Add(new ConfigEntry(key, offset, values, isList, valueOffset));
    }

    private static ConfigValue ReadValue(ref Utf8JsonReader reader)
    {
        JsonTokenType kind = reader.TokenType;
        int offset = (int)reader.TokenStartIndex;
        string text = kind == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        bool isVerbatim = kind == JsonTokenType.String && !reader.ValueIsEscaped;
        // Nothing that is configured has an inside; the reader passes it.
        reader.Skip();
        return new ConfigValue(text, kind, offset, isVerbatim);
    }

    private string Position(int offset)
    {
        int lineStart = _bytes.AsSpan(0, offset).LastIndexOf((byte)'\n') + 1;
        return $"{_path}:{LineOf(offset)}:{Encoding.UTF8.GetCharCount(_bytes.AsSpan(lineStart, offset - lineStart)) + 1}";
    }

    private int LineOf(int offset) => _bytes.AsSpan(0, offset).Count((byte)'\n') + 1;
}

/// <summary>A key and what it is given.</summary>
/// <param name="Key">As written.</param>
/// <param name="Offset">Where the key begins, in bytes.</param>
/// <param name="Values">One, or those of the list.</param>
/// <param name="IsList">Whether it is written as a list.</param>
/// <param name="ValueOffset">Where the value or the list begins, in bytes.</param>
internal sealed record ConfigEntry(string Key, int Offset, IReadOnlyList<ConfigValue> Values, bool IsList, int ValueOffset);

/// <summary>One value.</summary>
/// <param name="Text">A string's content, or the number or word itself.</param>
/// <param name="Kind">What JSON calls it.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="IsVerbatim">Whether it is a string whose text is what the file has between the quotes.</param>
internal sealed record ConfigValue(string Text, JsonTokenType Kind, int Offset, bool IsVerbatim)
{
    /// <summary>Where a character of the text stands in the file.</summary>
    public int OffsetOf(int character) => IsVerbatim ? Offset + 1 + Encoding.UTF8.GetByteCount(Text.AsSpan(0, character)) : Offset;

    /// <summary>The value as it is written, for messages.</summary>
    public override string ToString() => Kind switch
    {
        JsonTokenType.String => $"\"{Text}\"",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => Text,
    };
}

/// <summary>A configuration that cannot be used; the message says where and why.</summary>
internal sealed class ConfigException(string message) : FormatException(message);
