using System.CommandLine;
using Weir.Cli.Serving;
using Weir.Sockets;

namespace Weir.Cli.Commands;

/// <summary><c>weir serve</c>: parse, then <see cref="ServeSession"/>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Argument<SocketUrl[]>("url")
        {
            Description = "Where to listen: tcp://:3110, tcp6://[::1]:0, unix:///run/x.sock?mode=0660, unix://@name, fd://3. "
                + "Without one: TCP on both loopback addresses, and a unix socket in a private directory.",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => CommandLine.ParseUrl(result, token.Value)).OfType<SocketUrl>()],
        };
        var handler = new Option<ServeHandler>("--handler") { Description = "What to do with a connection.", DefaultValueFactory = _ => ServeHandler.Echo };
        var loops = new Option<int>("--loops") { Description = "Event loops, each a thread; 0 is one per core." };
        var scheduling = new Option<LoopScheduling>("--scheduling")
        {
            Description = "Where handlers run: on the thread pool, or inline on the loop.",
            DefaultValueFactory = _ => LoopScheduling.ThreadPool,
        };
        var maxConnections = new Option<int>("--max-connections") { Description = "Open at once; more wait.", DefaultValueFactory = _ => int.MaxValue };
        var idleTimeout = new Option<double>("--idle-timeout") { Description = "Seconds of silence after which a connection is reset; 0 is never." };
        var drainTimeout = new Option<double>("--drain-timeout")
        {
            Description = "Seconds that connections have to finish after SIGTERM or Ctrl-C.",
            DefaultValueFactory = _ => 10,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object per line: listening, status, events." };
        loops.Validators.Add(result => RequireAtLeast(result, minimum: 0));
        maxConnections.Validators.Add(result => RequireAtLeast(result, minimum: 1));

        var command = new Command("serve", "Listen on addresses and serve connections.")
        {
            urls, handler, loops, scheduling, maxConnections, idleTimeout, drainTimeout, json,
        };
        command.SetAction((parsed, _) => ServeSession.RunAsync(new ServeSettings
        {
            Urls = parsed.GetValue(urls) ?? [],
            Handler = parsed.GetValue(handler),
            Loops = parsed.GetValue(loops),
            Scheduling = parsed.GetValue(scheduling),
            MaxConnections = parsed.GetValue(maxConnections),
            IdleTimeout = Seconds(parsed.GetValue(idleTimeout)),
            DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drainTimeout)),
            Json = parsed.GetValue(json),
        }));
        return command;
    }

    private static TimeSpan Seconds(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;

    private static void RequireAtLeast(System.CommandLine.Parsing.OptionResult result, int minimum)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < minimum)
            result.AddError($"{result.Option.Name} {value}: expected {minimum} or more");
    }
}
