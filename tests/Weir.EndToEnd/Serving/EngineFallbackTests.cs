using Weir.EndToEnd.NineSchemes;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Serving;

/// <summary>Where io_uring is forbidden, as container runtimes do: epoll takes its place, and one line says so.</summary>
public sealed class EngineFallbackTests
{
    // Every call but io_uring_setup is allowed (seccomp(2)); its number is the same on all architectures.
    private const string Forbidding = """
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            };
            struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
            if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
                return 125;
            execvp(argv[1], argv + 1);
            return 127;
        }
        """;

    private const string Reason = "io_uring_setup: EPERM; a seccomp filter of this process forbids it, as container runtimes do by default";

    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task UnderASeccompFilter_EpollServesAllNine_AndOneLineSaysWhy()
    {
        using var folder = new TemporaryFolder();
        string forbid = await CompileAsync(folder);

        await using WeirProcess server = await WeirProcess.ServeThroughAsync([forbid], ["--engine", "uring", .. Nine.Urls(folder)]);

        Assert.All(server.Events("listening"), line => Assert.Equal("epoll", line.GetProperty("engine").GetString()));
        Assert.Equal($"weir: {Reason}, using epoll\n", server.Program.Errors);
        foreach (string address in server.Addresses)
            await SocatClient.AskAsync(address, "hello", "hello", folder);
        Assert.Equal(0, await server.StopAsync());
    }

    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task UnderASeccompFilter_OptionsSaysWhy()
    {
        using var folder = new TemporaryFolder();
        string forbid = await CompileAsync(folder);

        Finished options = (await new Run(forbid, [.. WeirProcess.Command, "options", "--engine"]).ToEnd()).Succeeded();

        Assert.Contains($"uring    not usable: {Reason}; epoll takes its place", options.Lines);
    }

    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task UnderASeccompFilter_AnApplicationRunsOnEpoll_AndItsLogSaysWhy()
    {
        using var folder = new TemporaryFolder();
        string forbid = await CompileAsync(folder);
        string application = Repository.At("artifacts", "bin", "MinimalApi", "release", "MinimalApi.dll");

        await using RunningProgram server = RunningProgram.Start(["env", "Weir__Engine=Uring", forbid, "dotnet", application, "--urls=http://127.0.0.1:0"]);

        await server.OutputHas($"{Reason}, using epoll");
        await server.OutputHas("on epoll, the application runs on the thread pool");
    }

    // Whatever asks for uring gets epoll there, and what needs uring itself is skipped.
    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task UnderASeccompFilter_TheContractSuitePasses()
    {
        using var folder = new TemporaryFolder();
        string forbid = await CompileAsync(folder);
        string suite = Repository.At("artifacts", "bin", "Weir.Tests", "release", "Weir.Tests.dll");
        string filter = FullRun.IsOn ? "FullyQualifiedName~Contract" : "FullyQualifiedName~ClosingContract|FullyQualifiedName~StarvationContract";

        Finished tests = (await new Run(forbid, "dotnet", "test", suite, "--filter", filter) { Limit = TimeSpan.FromMinutes(15) }.ToEnd()).Succeeded();

        Assert.Matches(@"Passed!  - Failed: +0, Passed: +[1-9]\d+, Skipped: +[1-9]", tests.Output);
    }

    [Fact]
    public async Task OptionsAlone_SaysWhatIsMissing()
    {
        Finished options = await WeirProcess.Run("options");

        Assert.Equal((2, "weir: options: expected --engine; see 'weir options --help'\n"), (options.ExitCode, options.Errors));
    }

    [Fact]
    public async Task Options_NamesEachFeature_AndTheMask()
    {
        var run = new Run(WeirProcess.Command[0], [WeirProcess.Command[1], "options", "--engine"]) { Environment = { ["WEIR_URING_FEATURES"] = "5.15" } };

        Finished options = (await run.ToEnd()).Succeeded();

        if (options.Lines[0] == "uring    usable")
        {
            Assert.Contains(options.Lines, line => line.StartsWith("io_uring") && line.EndsWith("WEIR_URING_FEATURES=5.15)"));
            Assert.Equal(7, options.Lines.Count(line => line.Contains(" no     ")));
        }
    }

    private static async Task<string> CompileAsync(TemporaryFolder folder)
    {
        string program = folder.File("forbid");
        (await new Run("gcc", "-x", "c", "-o", program, "-") { Input = Forbidding }.ToEnd()).Succeeded();
        return program;
    }
}
