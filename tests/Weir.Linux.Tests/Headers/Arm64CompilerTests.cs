using Weir.Testing;
using Xunit;

namespace Weir.Linux.Tests.Headers;

/// <summary>Weir.Linux against the cross compiler for arm64. Its programs can't run here, so it decides while it compiles.</summary>
public sealed class Arm64CompilerTests
{
    private const string Compiler = "aarch64-linux-gnu-gcc";
    private const string Package = "gcc-aarch64-linux-gnu libc6-dev-arm64-cross";

    [RequiresProgramFact(Compiler, Package)]
    public async Task ConstantsNumbersAndLayouts_AreTheCompilers() =>
        (await Compile(AbiFacts.On(x64: false))).Succeeded();

    [RequiresProgramFact(Compiler, Package)]
    public async Task EpollEvent_OnArm64_IsAligned()
    {
        Assert.Equal((16, 8), (epoll_event.SizeOn(x64: false), epoll_event.DataOffsetOn(x64: false)));
        Assert.Equal((12, 4), (epoll_event.SizeOn(x64: true), epoll_event.DataOffsetOn(x64: true)));

        Finished compiled = await Compile(AbiFacts.On(x64: true).Where(fact => fact.Name.Contains(nameof(epoll_event))));

        Assert.NotEqual(0, compiled.ExitCode);
        Assert.Contains("epoll_event.data is not 4", compiled.Errors, StringComparison.Ordinal);
    }

    [RequiresProgramFact(Compiler, Package)]
    public async Task NumbersOfX64_AreNamedAsWrong()
    {
        Finished compiled = await Compile(AbiFacts.On(x64: true).Where(fact => fact.Name == "NR.close"));

        Assert.Contains("NR.close is not 3", compiled.Errors, StringComparison.Ordinal);
    }

    private static Task<Finished> Compile(IEnumerable<AbiFact> facts) =>
        new Run(Compiler, "-x", "c", "-fsyntax-only", "-") { Input = CSource.Asserting(facts) }.ToEnd();
}
