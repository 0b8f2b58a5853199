using System.CommandLine;
using Weir.Cli.Parsing;
using Weir.Cli.Serving;
using Weir.Sockets;

namespace Weir.Cli.Commands;

/// <summary><c>weir serve</c>: parse, then <see cref="ServeSession"/>.</summary>
internal static class ServeCommand
{
    // Each loop is a thread and takes two descriptors; more than this is a slip of the finger.
    private const int MaxLoops = 1024;

    public static Command Create()
    {
        var urls = new Argument<SocketUrl[]>("url")
        {
            Description = "Where to listen: tcp://:3110, udp6://[::1]:0, unix:///run/x.sock?mode=0660, unixpacket://@name, fd://3. "
                + "Without one: all nine kinds of address, of this machine only; unix sockets in a private directory.",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => CommandLine.ParseUrl(result, token.Value)).OfType<SocketUrl>()],
        };
        Option<ServeHandler> handler = OptionValues.Choice<ServeHandler>("--handler", "What to do with a connection.");
        Option<int?> loops = OptionValues.Count(
            "--loops", minimum: 0, maximum: MaxLoops, "Event loops, each a thread; 0 is one per core.");
        Option<LoopEngine> engine = OptionValues.Choice<LoopEngine>("--engine", "The kernel's call that loops wait with.");
        Option<LoopScheduling> scheduling = OptionValues.Choice<LoopScheduling>(
            "--scheduling", "Where handlers run: on the thread pool, or inline on the loop.");
        Option<int?> maxConnections = OptionValues.Count(
            "--max-connections", minimum: 1, maximum: int.MaxValue, "Open at once; more wait in the kernel's queue.");
        Option<double> idleTimeout = OptionValues.Seconds(
            "--idle-timeout", byDefault: 0, "Silence, in seconds, after which a connection is reset; 0 is never.");
        Option<double> drainTimeout = OptionValues.Seconds(
            "--drain-timeout", byDefault: 10, "Seconds that connections have to finish after SIGTERM or Ctrl-C.");
        Option<string?> handover = HandoverOption.Create();
        var json = new Option<bool>("--json") { Description = "One JSON object per line: listening, status, notice, draining, stopped; tookOver, handedOver." };

        var command = new Command("serve", "Listen on addresses and serve connections.")
        {
            urls, handler, loops, engine, scheduling, maxConnections, idleTimeout, drainTimeout, handover, json,
        };
        command.SetAction((parsed, _) => ServeSession.RunAsync(new ServeSettings
        {
            Urls = parsed.GetValue(urls) ?? [],
            Handler = parsed.GetValue(handler),
            Loops = parsed.GetValue(loops) ?? 0,
            Engine = parsed.GetValue(engine),
            Scheduling = parsed.GetValue(scheduling),
            MaxConnections = parsed.GetValue(maxConnections) ?? int.MaxValue,
            IdleTimeout = parsed.GetValue(idleTimeout) is > 0 and double seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan,
            DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drainTimeout)),
            HandoverPath = parsed.GetValue(handover),
            Json = parsed.GetValue(json),
        }));
        return command;
    }
}
