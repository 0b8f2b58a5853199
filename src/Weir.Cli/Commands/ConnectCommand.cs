using System.CommandLine;
using Weir.Cli.Connecting;
using Weir.Cli.Parsing;
using Weir.Sockets;

namespace Weir.Cli.Commands;

/// <summary><c>weir connect</c>: parse, then <see cref="ConnectSession"/>.</summary>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var url = new Argument<SocketUrl>("url")
        {
            Description = "Whom to connect to: tcp://localhost:3110, tcp6://[::1]:http, unix:///run/x.sock, unix://@name, "
                + "udp://localhost:514.",
            CustomParser = result => CommandLine.ParseUrl(result, result.Tokens[0].Value),
        };
        Option<double> timeout =
            OptionValues.Seconds("--connect-timeout", byDefault: 30, "How long to wait for the connection.");
        Option<double> answerTimeout = OptionValues.Seconds(
            "--answer-timeout", byDefault: 1, "Of datagrams, which have no end: silence after the end of input that ends it.");
        var command = new Command(
            "connect",
            "Bridge standard input and output with a connection. End of input half-closes; the answer is still read. "
            + "Of datagrams and packets, each line is one.")
        {
            url, timeout, answerTimeout,
        };
        command.SetAction((parsed, cancellation) =>
        {
            SocketUrl to = parsed.GetRequiredValue(url);
            return MessageSession.IsFor(to.Scheme)
                ? MessageSession.RunAsync(to, TimeSpan.FromSeconds(parsed.GetValue(answerTimeout)), cancellation)
                : ConnectSession.RunAsync(to, TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellation);
        });
        return command;
    }
}
