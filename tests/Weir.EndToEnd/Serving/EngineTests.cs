using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>That <c>--engine</c> is what the loops really wait with, as strace sees it.</summary>
public sealed partial class EngineTests
{
    private const string Waits = "trace=?epoll_wait,?epoll_pwait,?epoll_pwait2,?poll,?ppoll,?select,?pselect6,?io_uring_enter";

    [RequiresCommandFact("strace -f -D -o /dev/null -e trace=?poll,?ppoll true", "strace")]
    public Task Epoll_IsTheOnlyCallThatLoopsWaitWith() => WaitsOnlyWith("epoll", "epoll_pwait");

    [RequiresCommandFact("strace -f -D -o /dev/null -e trace=?poll,?ppoll true", "strace")]
    public Task Poll_IsTheOnlyCallThatLoopsWaitWith() => WaitsOnlyWith("poll", "ppoll");

    [RequiresCommandFact("strace -f -D -o /dev/null -e trace=?poll,?ppoll true", "strace")]
    public Task Select_IsTheOnlyCallThatLoopsWaitWith() => WaitsOnlyWith("select", "pselect6");

    [RequiresCommandFact("strace -f -D -o /dev/null -e trace=?poll,?io_uring_enter true", "strace")]
    public Task Uring_IsTheOnlyCallThatLoopsWaitWith() => WaitsOnlyWith("uring", "io_uring_enter");

    [Fact]
    public async Task TheEngine_IsNamed_ForPeopleAndPrograms()
    {
        await using RunningProgram server = RunningProgram.Start(
            [.. WeirProcess.Command, "serve", "--engine", "select", "--loops", "3", "tcp4://127.0.0.1:0"]);
        await server.OutputHas("echo, 3 loops on select, handlers on the thread pool; Ctrl-C drains and ends\n");
        await using WeirProcess second = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--engine", "poll");
        Assert.Equal("poll", second.Events("listening")[0].GetProperty("engine").GetString());
    }

    private static async Task WaitsOnlyWith(string engine, string call)
    {
        using var folder = new TemporaryFolder();
        string trace = folder.File("trace");
        // -D: strace is a process of its own beside the server, so the server is the one that gets the signals.
        string[] strace = ["strace", "-f", "-D", "-q", "-o", trace, "-e", Waits];
        string[] addresses = ["tcp4://127.0.0.1:0", $"unix://{folder.File("s")}"];
        await using WeirProcess server = await WeirProcess.ServeThroughAsync(strace, ["--engine", engine, "--loops", "2", .. addresses]);
        HashSet<string> loops = LoopThreads(server.Program.Id);
        Assert.Equal(2, loops.Count);
        foreach (string address in server.Addresses.Concat(server.Addresses))
        {
            using Peer peer = await Peer.ConnectAsync(address);
            await peer.SendAsync("traced");
            Assert.Equal("traced", await peer.ReceiveAsync(6));
        }

        Assert.Equal(0, await server.StopAsync());
        await Eventually.True(() => Regex.IsMatch(File.ReadAllText(trace), $@"^{server.Program.Id} +\+\+\+ exited", RegexOptions.Multiline));

        IList<Match> waits = Calls().Matches(await File.ReadAllTextAsync(trace));
        foreach (string loop in loops)
            Assert.Equal([call], waits.Where(wait => wait.Groups["thread"].Value == loop).Select(wait => wait.Groups["call"].Value).Distinct());
    }

    private static HashSet<string> LoopThreads(int process) =>
        [.. Directory.GetDirectories($"/proc/{process}/task").Where(IsLoop).Select(task => Path.GetFileName(task)!)];

    // A thread that ends meanwhile takes its folder with it; loops stay.
    private static bool IsLoop(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("weir loop", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // "1234 ppoll(", also where the line ends in "unfinished".
    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Calls();
}
