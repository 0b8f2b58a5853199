using Weir.Sockets;
using Xunit;

namespace Weir.Tests.Relaying;

/// <summary>Alone, because this process can open hardly anything meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class ChildProcessTests
{
    private const int MoreThanEnough = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACommandThatCannotStart_LeavesNoDescriptor(bool onTerminal)
    {
        // What the runtime opens once for all children is open afterwards.
        await EndAsync(ChildProcess.Start("true", onTerminal));
        int failures = 0;
        for (int room = 0; room < MoreThanEnough; room++)
        {
            string[] before = PipesAndTerminals();
            if (DescriptorRoom.For(room, () => TryStart(onTerminal)) is { } child)
            {
                await EndAsync(child);
                Assert.True(failures > 0);
                return;
            }

            failures++;
            Assert.Equal(before, PipesAndTerminals());
        }

        Assert.Fail($"{MoreThanEnough} descriptors are not enough");
    }

    private static ChildProcess? TryStart(bool onTerminal)
    {
        try
        {
            return ChildProcess.Start("true", onTerminal);
        }
        catch (Exception failure) when (failure is IOException or SocketCallException)
        {
            return null;
        }
    }

    private static async Task EndAsync(ChildProcess child)
    {
        await child.EndAsync(TimeSpan.FromSeconds(20));
        child.Output.Dispose();
        child.Input.Dispose();
    }

    private static string[] PipesAndTerminals() =>
    [
        .. Directory.GetFiles("/proc/self/fd")
            .Select(path => new FileInfo(path).LinkTarget ?? "")
            .Where(target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.EndsWith("ptmx", StringComparison.Ordinal))
            .Order(),
    ];
}
