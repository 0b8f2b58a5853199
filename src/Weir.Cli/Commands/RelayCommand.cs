using System.CommandLine;
using System.CommandLine.Parsing;
using Weir.Cli.Parsing;
using Weir.Cli.Relaying;
using Weir.Cli.Serving;
using Weir.Sockets;

namespace Weir.Cli.Commands;

/// <summary><c>weir relay</c>: parse, then <see cref="RelaySession"/>.</summary>
internal static class RelayCommand
{
    // Each loop is a thread and takes two descriptors; more than this is a slip of the finger.
    private const int MaxLoops = 1024;

    public static Command Create()
    {
        var from = new Argument<RelayEndpoint>("from")
        {
            Description = "Where connections, datagrams or packets come from: a URL to listen on "
                + "(tcp://:8080, tcp://:8443?tls=on&cert=FILE&key=FILE, udp://:53, unix:///run/x.sock, fd://3), "
                + "or, relayed once: - for standard input and output, exec:COMMAND, file:PATH.",
            CustomParser = result => ParseEndpoint(result, result.Tokens[0].Value, RelaySide.From),
        };
        var to = new Argument<RelayEndpoint[]>("to")
        {
            Description = "Where they go to: one or more URLs of the same kind "
                + "(tcp://10.0.0.2:80, tcp://example.org:443?tls=on, udp://10.0.0.2:53), "
                + "exec:COMMAND of the shell for each connection, file:PATH to append to, or - for standard input and output, once.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => ParseEndpoint(result, token.Value, RelaySide.To)).OfType<RelayEndpoint>()],
        };
        Option<RelayBalance> balance = OptionValues.Choice<RelayBalance>(
            "--balance", "Which of several destinations a client gets; hash goes by its address.");
        Option<int?> loops = OptionValues.Count(
            "--loops", minimum: 0, maximum: MaxLoops, "Event loops, each a thread; 0 is one per core.");
        Option<LoopEngine> engine = OptionValues.Choice<LoopEngine>("--engine", "The kernel's call that loops wait with.");
        Option<int?> maxConnections = OptionValues.Count(
            "--max-connections",
            minimum: 1,
            maximum: int.MaxValue,
            "Relayed at once; more wait in the kernel's queue, and datagrams of more peers are dropped. "
            + "When not given, as many as there are descriptors for.");
        Option<double> connectTimeout = OptionValues.Seconds(
            "--connect-timeout", byDefault: 5, "Seconds for reaching a destination, all attempts for a client together.");
        Option<double> idleTimeout = OptionValues.Seconds(
            "--idle-timeout",
            byDefault: 0,
            "Silence, in seconds, after which a connection is reset and a datagram session ends; 0 is never, for datagrams 60.");
        Option<double> probeInterval = OptionValues.Seconds(
            "--probe-interval", byDefault: 2, "Seconds between two attempts at a destination that is down; 0 is never.");
        Option<double> drainTimeout = OptionValues.Seconds(
            "--drain-timeout", byDefault: 10, "Seconds that connections have to finish after SIGTERM or Ctrl-C.");
        var proxyIn = new Option<bool>("--proxy-protocol-in")
        {
            Description = "Clients begin with a PROXY header of either version, as behind haproxy; one without is reset.",
        };
        Option<ProxyProtocol> proxyOut = OptionValues.Choice<ProxyProtocol>(
            "--proxy-protocol-out", "Tell destinations by a PROXY header who the client is.");
        Option<string?> handover = HandoverOption.Create();
        var pty = new Option<bool>("--pty") { Description = "Commands get a terminal instead of pipes." };
        Option<double> childTimeout = OptionValues.Seconds(
            "--child-timeout", byDefault: 5, "Seconds that a command has to end after its connection; then SIGTERM, and later SIGKILL.");
        var json = new Option<bool>("--json")
        {
            Description = "One JSON object per line: listening, relaying, status, notice, draining, stopped; tookOver, handedOver.",
        };

        var command = new Command("relay", "Move bytes between two places: listen, connect, and pass on what comes, both ways.")
        {
            from, to, balance, connectTimeout, idleTimeout, probeInterval, maxConnections, proxyIn, proxyOut, pty, childTimeout, loops, engine,
            drainTimeout, handover, json,
        };
        command.SetAction((parsed, _) => RelaySession.RunAsync(new RelaySettings
        {
            Relay = new RelayOptions
            {
                From = parsed.GetRequiredValue(from),
                To = parsed.GetRequiredValue(to),
                Balance = parsed.GetValue(balance),
                ConnectTimeout = Limit(parsed.GetValue(connectTimeout)),
                IdleTimeout = Limit(parsed.GetValue(idleTimeout)),
                ProbeInterval = Limit(parsed.GetValue(probeInterval)),
                TakesProxyHeader = parsed.GetValue(proxyIn),
                SendsProxyHeader = parsed.GetValue(proxyOut),
                HandoverPath = parsed.GetValue(handover),
                UsesTerminal = parsed.GetValue(pty),
                ChildTimeout = TimeSpan.FromSeconds(parsed.GetValue(childTimeout)),
                MaxConnections = parsed.GetValue(maxConnections) ?? int.MaxValue,
            },
            Loops = parsed.GetValue(loops) ?? 0,
            Engine = parsed.GetValue(engine),
            DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drainTimeout)),
            Json = parsed.GetValue(json),
        }));
        return command;
    }

    private static TimeSpan Limit(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;

    private static RelayEndpoint? ParseEndpoint(ArgumentResult result, string text, RelaySide side)
    {
        if (RelayEndpoint.TryParse(text, side, out RelayEndpoint? endpoint, out SocketUrlException? error))
            return endpoint;
        // A word that begins with a hyphen is no address: whoever wrote it meant an option.
        result.AddError(UsageError.IsOption(text) ? UsageError.DescribeUnknown(text, (CommandResult)result.Parent!) : error!.Message);
        return null;
    }
}
