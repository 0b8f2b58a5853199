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
            Description = "Whom to connect to: tcp://localhost:3110, tcp6://[::1]:http, unix:///run/x.sock, unix://@name.",
            CustomParser = result => CommandLine.ParseUrl(result, result.Tokens[0].Value),
        };
        Option<double> timeout = OptionValues.Seconds("--connect-timeout", byDefault: 30, "How long to wait for the connection.");
        var command = new Command("connect", "Bridge standard input and output with a connection. End of input half-closes; the answer is still read.")
        {
            url, timeout,
        };
        command.SetAction((parsed, cancellation) =>
            ConnectSession.RunAsync(parsed.GetRequiredValue(url), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellation));
        return command;
    }
}
