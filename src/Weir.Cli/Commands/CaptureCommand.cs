using System.CommandLine;
using System.CommandLine.Parsing;
using Weir.Cli.Capturing;
using Weir.Cli.Parsing;
using Weir.Packets.Capture;

namespace Weir.Cli.Commands;

/// <summary><c>weir capture</c>: parse, then <see cref="CaptureSession"/> or <see cref="FileSession"/>.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var words = new Argument<string[]>("filter")
        {
            Description = "Which packets, in the language of tcpdump: 'tcp port 80', 'host 10.0.0.1 and udp' (pcap-filter(7)). After --, a command: only its traffic.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var from = new Option<string>("--interface", "-i") { Description = "An interface, or any.", HelpName = "name", DefaultValueFactory = _ => "any" };
        var write = new Option<FileInfo?>("--write", "-w") { Description = "Write a pcapng file, with the processes in its comments, instead of lines.", HelpName = "file" };
        var read = new Option<FileInfo?>("--read", "-r") { Description = "Read a pcapng or pcap file instead of an interface.", HelpName = "file" };
        Option<int?> count = OptionValues.Count("--count", minimum: 1, maximum: int.MaxValue, "End after so many packets.");
        count.Aliases.Add("-c");
        Option<int?> snap = OptionValues.Count("--snap-length", minimum: 1, maximum: CaptureOptions.MaxSnapLengthBytes, "How many bytes of each packet [default: 4096 of what is shown, 262144 into a file or with --follow, 65555 there where processes are chosen].");
        Option<long?> buffer = OptionValues.Bytes("--buffer", minimum: 64 * 1024, maximum: 1024 * 1024 * 1024, "The kernel's buffer [default: 8M of what is shown, 2M into a file or with --follow, 32M there where processes are chosen].");
        var rotate = new Option<Rotation>("--rotate")
        {
            Description = "Write numbered files, and begin the next one after so many bytes (100M) or so long a time (60s, 5min, 1h).",
            HelpName = "size|time",
            CustomParser = result => Rotation.TryParse(result.Tokens[0].Value, out Rotation rotation)
                ? rotation
                : Refused<Rotation>(result, $"--rotate {result.Tokens[0].Value}: expected bytes from 4k on, such as 100M, or a time, such as 60s, 5min or 1h"),
        };
        var process = new Option<string?>("--process") { Description = "Only packets of processes with this name.", HelpName = "name" };
        Option<int?> pid = OptionValues.Count("--pid", minimum: 1, maximum: int.MaxValue, "Only packets of this process.");
        var ladder = new Option<FileInfo?>("--ladder")
        {
            Description = "Draw who sent what: in the terminal, or into a file (.svg, .json, .txt).",
            HelpName = "file",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var follow = new Option<FollowTarget?>("--follow")
        {
            Description = "Show what both ends of one conversation said: of TCP stream 0, or of stream N, or of UDP flow udp:N.",
            HelpName = "stream",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens is [var token] && FollowTarget.TryParse(token.Value, out FollowTarget target)
                ? target
                : result.Tokens.Count == 0 ? default(FollowTarget) : Refused<FollowTarget?>(result, $"--follow {result.Tokens[0].Value}: expected {FollowTarget.Expected}"),
        };
        var hex = new Option<bool>("--hex") { Description = "What --follow shows, as hexadecimal numbers." };
        var raw = new Option<bool>("--raw") { Description = "What --follow shows, as it is: nothing but the bytes." };
        var analyze = new Option<bool>("--analyze") { Description = "Say at the end what went wrong in each TCP stream." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Also hop limits, TCP's timestamps and the numbers of streams." };
        var json = new Option<bool>("--json") { Description = "One JSON object per packet." };
        var command = new Command("capture", "Show packets and whose they are, write them to a file, or read them from one.")
        {
            words, from, write, read, count, rotate, process, pid, snap, buffer, follow, hex, raw, ladder, analyze, verbose, json,
        };
        command.Validators.Add(result => Validate(result, write, read, rotate, process, pid, ladder));
        command.Validators.Add(result => ValidateFollow(result, follow, hex, raw, json));
        command.SetAction((parsed, _) =>
        {
            (string[] filter, string[] after) = Split(parsed, parsed.GetValue(words) ?? []);
            if (after.Length > 0 && parsed.GetValue(read) is not null)
                throw new NotSupportedException("capture: a file is read or a command is run, not both");
            var settings = new CaptureSettings
            {
                Interface = parsed.GetRequiredValue(from),
                Filter = string.Join(' ', filter),
                Write = parsed.GetValue(write),
                Read = parsed.GetValue(read),
                Rotation = parsed.GetValue(rotate),
                Count = parsed.GetValue(count),
                SnapLengthBytes = parsed.GetValue(snap),
                BufferBytes = parsed.GetValue(buffer),
                ProcessName = parsed.GetValue(process),
                ProcessId = parsed.GetValue(pid),
                Command = after,
                Follow = parsed.GetResult(follow) is null ? null : parsed.GetValue(follow) ?? default(FollowTarget),
                FollowOutput = parsed.GetValue(raw) ? FollowOutput.Raw : parsed.GetValue(hex) ? FollowOutput.Hex : parsed.GetValue(json) ? FollowOutput.Json : FollowOutput.Text,
                DrawsLadder = parsed.GetResult(ladder) is not null,
                LadderFile = parsed.GetValue(ladder),
                Analyzes = parsed.GetValue(analyze),
                IsVerbose = parsed.GetValue(verbose),
                IsJson = parsed.GetValue(json),
            };
            return settings.Read is null ? CaptureSession.RunAsync(settings, TimeProvider.System) : Task.FromResult(FileSession.Run(settings, TimeProvider.System));
        });
        return command;
    }

    private static void Validate(
        CommandResult result, Option<FileInfo?> write, Option<FileInfo?> read, Option<Rotation> rotate, Option<string?> process, Option<int?> pid, Option<FileInfo?> ladder)
    {
        if (result.GetValue(write) is { Name: "-" })
            result.AddError("--write -: a capture is written to a file that can be rewound; name one");
        if (result.GetValue(read) is { } input && result.GetValue(write) is { } output && input.FullName == output.FullName)
            result.AddError($"--write {output}: it is the file that is read; name another one");
        if (result.GetResult(rotate) is not null && result.GetValue(write) is null)
            result.AddError("--rotate: there is no file; add --write FILE");
        if (result.GetValue(read) is not null && (result.GetValue(process) is not null || result.GetValue(pid) is not null))
            result.AddError("--process, --pid: they belong to a capture; of a file, see the comments of its packets");
        if (result.GetValue(ladder) is { } file && !LadderSink.Endings.Contains(file.Extension))
            result.AddError($"--ladder {file}: expected a file that ends in {string.Join(", ", LadderSink.Endings)}; a filter stands before --ladder");
    }

    private static void ValidateFollow(CommandResult result, Option<FollowTarget?> follow, Option<bool> hex, Option<bool> raw, Option<bool> json)
    {
        Option<bool>[] forms = [.. new[] { hex, raw, json }.Where(result.GetValue)];
        if (result.GetResult(follow) is null && forms.FirstOrDefault(form => form != json) is { } alone)
            result.AddError($"{alone.Name}: it tells --follow how to show bytes; add --follow");
        else if (result.GetResult(follow) is not null && forms.Length > 1)
            result.AddError($"{forms[0].Name} {forms[1].Name}: one form at a time");
    }

    // What stands after the double dash is the command.
    private static (string[] Filter, string[] Command) Split(ParseResult parsed, string[] words)
    {
        int dashes = parsed.Tokens.ToList().FindIndex(token => token.Type == TokenType.DoubleDash);
        int after = dashes < 0 ? 0 : parsed.Tokens.Count - dashes - 1;
        return (words[..^after], words[^after..]);
    }

    private static T Refused<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }
}
