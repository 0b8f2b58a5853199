using System.CommandLine.Parsing;
using Weir.Sockets;

namespace Weir.Cli.Listening;

/// <summary>Where records go: a file, a URL, or, with neither, standard output.</summary>
internal sealed record ListenTarget(string? FilePath, SocketUrl? Url)
{
    public static ListenTarget StandardOutput { get; } = new(FilePath: null, Url: null);

    public bool IsStandardOutput => FilePath is null && Url is null;

    public override string ToString() => FilePath ?? Url?.ToString() ?? "standard output";

    public static ListenTarget? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "-")
            return StandardOutput;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (SocketUrl.TryParse(text, out SocketUrl? url, out SocketUrlException? error))
                return new ListenTarget(FilePath: null, url);
            result.AddError($"--to {error!.Message}");
            return null;
        }

        if (text.Length == 0)
            result.AddError("--to: empty; expected a file, - for standard output, or a URL");
        return new ListenTarget(text, Url: null);
    }
}
