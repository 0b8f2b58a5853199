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
}

/// <summary>One end of a relay, as it is written on the command line: <c>tcp://:8080</c> or <c>-</c>.</summary>
public sealed class RelayEndpoint
{
    private readonly string _text;

    private RelayEndpoint(string text, RelayEndpointKind kind) => (_text, Kind) = (text, kind);

    public RelayEndpointKind Kind { get; }

    /// <summary>The address; null for other kinds.</summary>
    public SocketUrl? Url { get; private init; }

    /// <exception cref="SocketUrlException">The text is no endpoint; the exception says where and why.</exception>
    public static RelayEndpoint Parse(string text) =>
        TryParse(text, out RelayEndpoint? endpoint, out SocketUrlException? error) ? endpoint : throw error;

    /// <summary>Parses an endpoint and says what is wrong with one that does not parse.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out RelayEndpoint? endpoint, [NotNullWhen(false)] out SocketUrlException? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "-")
        {
            (endpoint, error) = (new RelayEndpoint(text, RelayEndpointKind.StandardStreams), null);
            return true;
        }

        bool parsed = SocketUrl.TryParse(text, out SocketUrl? url, out error);
        endpoint = parsed ? new RelayEndpoint(text, RelayEndpointKind.Url) { Url = url } : null;
        return parsed;
    }

    /// <summary>The text that was parsed.</summary>
    public override string ToString() => _text;
}
