using System.Net;
using System.Text.RegularExpressions;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Hosts;

/// <summary>What runs inside a host, and what must not.</summary>
[Collection(Alone.Name)]
public sealed partial class ForeignThreadTests(ITestOutputHelper output)
{
    private const int Hosts = 4;
    private const int Rounds = 100;

    // Threads of the runtime itself, which it starts from whatever thread happens to need them: the compiler of hot methods and the background
    // collector. They run none of a program's code, open no socket, and start no threads.
    private static readonly string[] s_runtimesOwn = [".NET Tiered Compilation Worker", ".NET BGC"];

    [HostFact]
    public async Task PoolThreadsAndTimers_AreNeverInAHost()
    {
        await using var network = HostNetwork.Create();
        Host[] hosts = [.. Enumerable.Range(0, Hosts).Select(number => network.AddHost($"h{number}"))];
        for (int i = 1; i < Hosts; i++)
            network.Connect(hosts[0], $"10.0.{i}.1/24", hosts[i], $"10.0.{i}.2/24");
        HashSet<int> inside = [.. network.ThreadIds];
        string main = NamespaceOf(ThreadIds().First());
        int fired = 0;
        using var timer = new Timer(_ => Interlocked.Increment(ref fired), null, 0, 1);

        // Pools grow while calls are made, sockets complete, programs start and end.
        Task load = Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() => Load(hosts[number % Hosts]))));
        var foreign = new HashSet<string>();
        var excepted = new HashSet<string>();
        bool sawPool = false;
        do
        {
            foreach (int thread in ThreadIds())
            {
                (string name, string space) = (NameOf(thread), NamespaceOf(thread));
                sawPool |= name.StartsWith(".NET TP", StringComparison.Ordinal);
                bool isRuntimes = s_runtimesOwn.Any(own => own.StartsWith(name, StringComparison.Ordinal) && name.Length > 0);
                if (space.Length > 0 && space != main && !inside.Contains(thread))
                    (isRuntimes ? excepted : foreign).Add($"{thread} {name}");
            }

            await Task.Delay(1);
        }
        while (!load.IsCompleted);
        await load.InTime();
        await Eventually.True(() => Volatile.Read(ref fired) > 10);

        output.WriteLine($"the runtime's own: {string.Join(", ", excepted)}");
        Assert.Empty(foreign);
        Assert.True(sawPool);
        Assert.All(hosts, host => Assert.NotEqual(main, NamespaceOf(host.ThreadId)));
    }

    [HostFact]
    public async Task ThreadThatAHostStarts_IsFoundInIt()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("a");
        using var end = new ManualResetEventSlim();
        int born = 0;
        Thread thread = host.Run(() =>
        {
            var child = new Thread(() =>
            {
                Volatile.Write(ref born, Linux.Sys.GetThreadId().Value);
                end.Wait();
            });
            child.Start();
            return child;
        });
        await Eventually.True(() => Volatile.Read(ref born) != 0);

        // The check of the test above would see it.
        Assert.Equal(NamespaceOf(host.ThreadId), NamespaceOf(born));
        end.Set();
        thread.Join();
    }

    private static async Task Load(Host host)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using KernelSocket socket = host.Socket(AF_INET, SOCK_DGRAM);
            socket.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, 0));
            host.Run(() => GC.KeepAlive(new byte[10_000]));
            host.Counters();
            if (round % 50 == 0)
            {
                using System.Diagnostics.Process process = host.Start("true");
                await process.WaitForExitAsync();
            }

            // Blocks a pool thread now and then, so that the pool grows.
            if (round % 20 == 0)
                socket.WaitFor(POLLIN, TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }
    }

    private static IEnumerable<int> ThreadIds() =>
        Directory.EnumerateDirectories("/proc/self/task").Select(folder => int.Parse(Path.GetFileName(folder))).Order();

    private static string NameOf(int thread)
    {
        try
        {
            return File.ReadAllText($"/proc/self/task/{thread}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string NamespaceOf(int thread)
    {
        try
        {
            return NetworkInode().Match(new FileInfo($"/proc/self/task/{thread}/ns/net").LinkTarget ?? "").Value;
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex NetworkInode();
}
