using System.CommandLine;
using Weir.Cli.Configuration;
using Weir.Cli.Listening;
using Weir.Cli.Parsing;
using Weir.Cli.Serving;
using Weir.Sockets;

namespace Weir.Cli.Commands;

/// <summary><c>weir listen</c>: parse, then <see cref="ListenSession"/>.</summary>
internal static class ListenCommand
{
    private const int MaxLoops = 1024;
    private const int DefaultKeep = 10;
    private const int MaxKeep = 9999;
    private const int DefaultMaxLineBytes = 64 * 1024;
    private const int MaxMaxLineBytes = 1024 * 1024;
    private const long MaxRotateBytes = 1L << 40;

    private static readonly Argument<SocketUrl[]> s_urls = new("url")
    {
        Description = "Where to listen: tcp://:3110, udp://:514, unixgram:///run/log.sock?mode=0666, fd://3. At least one, here or in the configuration.",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => CommandLine.ParseUrl(result, token.Value)).OfType<SocketUrl>()],
    };

    private static readonly Option<ListenTarget> s_to = new("--to")
    {
        Description = "Where records go: a file to append to (SIGHUP opens its path again, as logrotate expects), - for standard output, "
            + "or a URL to connect to, again and again when it breaks. [default: -]",
        HelpName = "file|-|url",
        CustomParser = ListenTarget.Parse,
    };

    private static readonly Option<RecordFraming> s_frame = OptionValues.Choice<RecordFraming>(
        "--frame",
        "What a record is: a line; a datagram or message, in a byte stream behind its length ('LEN SP BYTES', RFC 6587); or bytes as they come.");

    private static readonly Option<long?> s_maxLine = OptionValues.Bytes(
        "--max-line", minimum: 1, maximum: MaxMaxLineBytes, "Longer lines are cut into pieces. [default: 64k]");

    private static readonly Option<long?> s_rotate = OptionValues.Bytes(
        "--rotate", minimum: 1, maximum: MaxRotateBytes, "Before a record would make FILE larger, FILE becomes FILE.1, that FILE.2 and so on.");

    private static readonly Option<int?> s_keep = OptionValues.Count(
        "--keep", minimum: 1, maximum: MaxKeep, "Rotated files that are kept; the oldest is removed. [default: 10]");

    private static readonly Option<int?> s_loops = OptionValues.Count(
        "--loops", minimum: 0, maximum: MaxLoops, "Event loops, each a thread; 0 is one per core.");

    private static readonly Option<LoopEngine> s_engine = OptionValues.Choice<LoopEngine>("--engine", "The kernel's call that loops wait with.");

    private static readonly Option<int?> s_maxConnections = OptionValues.Count(
        "--max-connections", minimum: 1, maximum: int.MaxValue, "Open at once; more wait in the kernel's queue.");

    private static readonly Option<double> s_idleTimeout = OptionValues.Seconds(
        "--idle-timeout", byDefault: 0, "Silence, in seconds, after which a connection is reset; 0 is never.");

    private static readonly Option<double> s_drainTimeout = OptionValues.Seconds(
        "--drain-timeout", byDefault: 10, "Seconds to write what has arrived, after SIGTERM or Ctrl-C.");

    private static readonly Option<string?> s_handover = HandoverOption.Create();

    private static readonly Option<bool> s_json = new("--json")
    {
        Description = "One JSON object per line: listening, status, notice, draining, stopped; tookOver, handedOver; on standard error when records go to standard output.",
    };

    private static readonly Option<string> s_config = new("--config")
    {
        Description = "A JSON file, comments allowed: socket_service_address (a URL or a list of them), and a key per option, as max_line. "
            + "Options given here come before the file's; addresses are the file's alone.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("listen", "Collect what arrives, record by record, in a file, on standard output or at a URL.")
        {
            s_urls, s_to, s_frame, s_maxLine, s_rotate, s_keep, s_loops, s_engine, s_maxConnections, s_idleTimeout, s_drainTimeout,
            s_handover, s_json, s_config,
        };
        command.SetAction((parsed, _) => ListenSession.RunAsync(SettingsOf(command, parsed)));
        return command;
    }

    internal static ListenSettings SettingsOf(Command command, ParseResult given)
    {
        SocketUrl[] urls = given.GetValue(s_urls) ?? [];
        ParseResult file = given;
        if (given.GetValue(s_config) is { } path)
        {
            if (urls.Length > 0)
                throw new ConfigException($"listen: with --config the addresses are in {path}; add {urls[0]} to its {CommandConfig.AddressKey}");
            file = CommandConfig.Read(path, command, s_config);
            urls = file.GetValue(s_urls)!;
        }

        if (urls.Length == 0)
            throw new ConfigException("listen: the URL is missing; try weir listen tcp://:3110, or see 'weir listen --help'");
        ListenTarget target = Value(s_to) ?? ListenTarget.StandardOutput;
        if (Value(s_rotate) > 0 && target.FilePath is null)
            throw new ConfigException($"--rotate: only a file is rotated, and records go to {target}; add --to FILE");
        if (Value(s_keep) is not null && Value(s_rotate) is null)
            throw new ConfigException("--keep: nothing is rotated; add --rotate SIZE, or leave --keep out");
        return new ListenSettings
        {
            Urls = urls,
            Target = target,
            Framing = Value(s_frame),
            MaxLineBytes = (int)(Value(s_maxLine) ?? DefaultMaxLineBytes),
            RotateBytes = Value(s_rotate) ?? 0,
            KeepFiles = Value(s_keep) ?? DefaultKeep,
            Loops = Value(s_loops) ?? 0,
            Engine = Value(s_engine),
            MaxConnections = Value(s_maxConnections) ?? int.MaxValue,
            IdleTimeout = Value(s_idleTimeout) is > 0 and double seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan,
            DrainTimeout = TimeSpan.FromSeconds(Value(s_drainTimeout)),
            HandoverPath = Value(s_handover),
            Json = Value(s_json),
        };

        // The command line comes before the file.
        T? Value<T>(Option<T> option) => (given.GetResult(option) is { Implicit: false } ? given : file).GetValue(option);
    }
}
