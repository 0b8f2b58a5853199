using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.Linux.Tests;

/// <summary>The hook for recorders. It is set up once per process, so each test runs a process of its own.</summary>
public sealed class ObserverTests
{
    private const string ErrorOfLateInstall = "An observer is installed once, before the first system call of the process.";

    [Fact]
    public async Task Observer_SeesEachCallWithArgumentsAndResult()
    {
        string[] lines = (await Probe("observe")).Lines;
        string fd = lines[0]["fd ".Length..];

        Assert.Equal(
            [
                "> eventfd2 5 524288 0",
                $"< eventfd2 5 524288 0 = {fd}",
                $"> read {fd} 8",
                $"< read {fd} 8 = 8",
                "> socket 4095 1 0",
                "< socket 4095 1 0 = EAFNOSUPPORT",
                "> sendto -1 1 4000 0 0",
                "< sendto -1 1 4000 0 0 = EBADF",
                $"> close {fd}",
                $"< close {fd} = 0",
            ],
            lines[1..]);
    }

    /// <summary>The probe disposes of its descriptor twice: a second close would hit whoever has the number by then.</summary>
    [Fact]
    public async Task SafeFd_DisposedTwice_ClosesOnce() =>
        Assert.Single((await Probe("observe")).Lines, line => line.StartsWith("> close", StringComparison.Ordinal));

    [Theory]
    [InlineData("install-late")]
    [InlineData("install-twice")]
    public async Task Install_WhenItCantTakeEffect_Throws(string how) => Assert.Equal([ErrorOfLateInstall], (await Probe(how)).Lines);

    [Fact]
    public async Task WithoutObserver_TheMachineCodeHasNoTraceOfTheHook() =>
        Assert.Equal(["LastError", "syscall"], await MethodsCalledByTheHotPath("plain"));

    [Fact]
    public async Task WithObserver_TheMachineCodeCallsIt() =>
        Assert.Equal(["Observed"], await MethodsCalledByTheHotPath("observed"));

    /// <summary>
    /// The methods of Sys that are left in the optimised code. A load of the observer's field that decides nothing can't remain in it,
    /// and one that decides something would have the call of Observed behind it.
    /// </summary>
    private static async Task<string[]> MethodsCalledByTheHotPath(string mode)
    {
        using var folder = new TemporaryFolder();
        string listing = folder.File("listing");
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_JitDisasm"] = "CloseNothing",
            ["DOTNET_JitStdOutFile"] = listing,

            // Optimised at the first call: what tiers arrive at later, without waiting for them.
            ["DOTNET_TieredCompilation"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        await Probe($"close {mode}", environment);
        string code = await File.ReadAllTextAsync(listing);

        Assert.Contains("; optimized code", code, StringComparison.Ordinal);
        return [.. Regex.Matches(code, @"(?<=Weir\.Linux\.Sys:)\w+").Select(match => match.Value).Distinct().Order()];
    }

    private static async Task<Finished> Probe(string arguments, Dictionary<string, string>? environment = null)
    {
        string probe = Path.Combine(AppContext.BaseDirectory, "Weir.Linux.Probe.dll");
        return (await Run.Dotnet(probe, arguments.Split(' '), environment).ToEnd()).Succeeded();
    }
}
