using Weir.Testing;
using Xunit;

namespace Weir.Bench.Tests;

/// <summary>A few seconds of the soak on each engine: nothing wrong while it lasts, nothing left afterwards.</summary>
public class SoakRunTests
{
    private const string Seconds = "5";

    // What is chosen for whoever chooses nothing is one of the others.
    public static TheoryData<string> Engines =>
        [.. Enum.GetValues<LoopEngine>().Where(engine => engine != LoopEngine.Auto).Select(EngineOption.NameOf)];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Soak_LeavesNothing(string engine)
    {
        string[] arguments = ["soak", "--seconds", Seconds, "--engine", engine];
        Finished soak = await Run.Dotnet(Repository.Assembly("Weir.Bench"), arguments).ToEnd();

        Assert.Contains("seed", soak.Succeeded().Output, StringComparison.Ordinal);
    }
}
