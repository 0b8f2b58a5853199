using System.Diagnostics.CodeAnalysis;
using Weir.Sockets;

namespace Weir;

/// <summary>What a relay's end is.</summary>
public enum RelayEndpointKind
{
    /// <summary>A stream's address: listened on as the origin, connected to as a destination.</summary>
    Url,

    /// <summary>Standard input and standard output of this process, <c>-</c>.</summary>
    StandardStreams,

    /// <summary>A command of the shell, <c>exec:COMMAND</c>: its standard input and output.</summary>
    Command,

    /// <summary>A file, <c>file:PATH</c>: read as the origin, appended to as a destination.</summary>
    File,
}

/// <summary>Which place an endpoint has in a relay.</summary>
public enum RelaySide
{
    /// <summary>Where connections come from.</summary>
    From,

    /// <summary>Where they go to.</summary>
    To,
}

/// <summary>
/// One end of a relay, as it is written on the command line: <c>tcp://:8080</c>, <c>tcp://example.org:443?tls=on</c>, <c>-</c>,
/// <c>exec:COMMAND</c> or <c>file:PATH</c>.
/// </summary>
public sealed class RelayEndpoint
{
    private const string CommandPrefix = "exec:";
    private const string FilePrefix = "file:";

    private readonly string _text;

    private RelayEndpoint(string text, RelayEndpointKind kind) => (_text, Kind) = (text, kind);

    public RelayEndpointKind Kind { get; }

    /// <summary>The address, without what the text says about TLS; null for other kinds.</summary>
    public SocketUrl? Url { get; private init; }

    /// <summary>The command or the path; null for other kinds.</summary>
    public string? Argument { get; private init; }

    /// <summary>Whether TLS is spoken there.</summary>
    public bool UsesTls => Tls is not null;

    internal TlsParameters? Tls { get; private init; }

    /// <exception cref="SocketUrlException">The text is no endpoint; the exception says where and why.</exception>
    public static RelayEndpoint Parse(string text, RelaySide side) =>
        TryParse(text, side, out RelayEndpoint? endpoint, out SocketUrlException? error) ? endpoint : throw error;

    /// <summary>Parses an endpoint and says what is wrong with one that does not parse.</summary>
    public static bool TryParse(
        string text,
        RelaySide side,
        [NotNullWhen(true)] out RelayEndpoint? endpoint,
        [NotNullWhen(false)] out SocketUrlException? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = null;
        endpoint = text switch
        {
            "-" => new RelayEndpoint(text, RelayEndpointKind.StandardStreams),
            _ when text.StartsWith(CommandPrefix, StringComparison.Ordinal) => OfArgument(text, RelayEndpointKind.Command, CommandPrefix),
            _ when text.StartsWith(FilePrefix, StringComparison.Ordinal) => OfArgument(text, RelayEndpointKind.File, FilePrefix),
            _ when new RelayUrlParser(text, side).TryParse(out SocketUrl? url, out TlsParameters? tls, out error) =>
                new RelayEndpoint(text, RelayEndpointKind.Url) { Url = url, Tls = tls },
            _ => null,
        };
        if (endpoint is { Argument: "" })
        {
            string expected = endpoint.Kind == RelayEndpointKind.Command ? "expected a command, as in exec:sort" : "expected a path, as in file:/tmp/x";
            error = new SocketUrlException(text, text.Length, $"there is nothing after {text}", expected);
            endpoint = null;
        }

        return endpoint is not null;
    }

    /// <summary>The text that was parsed.</summary>
    public override string ToString() => _text;

    private static RelayEndpoint OfArgument(string text, RelayEndpointKind kind, string prefix) =>
        new(text, kind) { Argument = text[prefix.Length..] };
}
