using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Hosts;

public sealed class NamespaceThreadTests
{
    [HostFact]
    public async Task CallThatDoesNotReturn_IsNamedAtTheEnd_AndNotWaitedFor()
    {
        using var go = new ManualResetEventSlim();
        var thread = new NamespaceThread("stuck");
        string task = $"/proc/self/task/{thread.ThreadId}";
        using var isInside = new ManualResetEventSlim();
        Task<bool> call = Task.Factory.StartNew(
            () => thread.Run(() =>
            {
                isInside.Set();
                return go.Wait(Deadline.Generous);
            }),
            TaskCreationOptions.LongRunning);
        Assert.True(isInside.Wait(Deadline.Generous));

        var late = Assert.Throws<TimeoutException>(() => thread.End(TimeSpan.FromMilliseconds(1)));

        Assert.StartsWith("A call in host stuck has not returned", late.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => thread.Run(() => 1));
        go.Set();
        Assert.True(await call.InTime());
        await Eventually.True(() => !Directory.Exists(task));
    }

    [HostFact]
    public async Task LinksOfANetworkThatIsGone_AreGoneToo()
    {
        Pair pair = Pair.Create();
        using var links = new NewLinks();
        links.Add(pair.Client, "eth0");
        links.Add(pair.Server, "eth0");

        await pair.DisposeAsync();
    }
}
