using System.Diagnostics;
using System.Globalization;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Hosts;

/// <summary>Nothing is left of a network, however it ends.</summary>
public sealed class EndingTests
{
    private const string Nobody = "65534";

    private static readonly string s_probe = Path.Combine(AppContext.BaseDirectory, "Weir.Wire.Probe.dll");

    [HostFact]
    public async Task Dispose_EndsWhatRunsInside_GrandchildrenToo()
    {
        Pair pair = Pair.Create();
        ulong[] namespaces = [pair.Client.NamespaceInode, pair.Server.NamespaceInode];
        int[] threads = [.. pair.Network.ThreadIds];
        using Process shell = pair.Client.Start("sh", "-c", "setsid sleep 600 & echo $!; wait");
        int grandchild = int.Parse((await shell.StandardOutput.ReadLineAsync().InTime())!, CultureInfo.InvariantCulture);
        Assert.True(IsAlive(grandchild));

        await pair.DisposeAsync();

        await Eventually.True(() => !IsAlive(grandchild));
        await Eventually.True(() => !NamespacesInUse().Any(namespaces.Contains));
        await Eventually.True(() => !threads.Any(thread => Directory.Exists($"/proc/self/task/{thread}")));
    }

    [HostFact]
    public async Task DisposedNetwork_RefusesCalls()
    {
        Pair pair = Pair.Create();
        await pair.DisposeAsync();
        await pair.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => pair.Client.Run(() => 1));
        Assert.Throws<ObjectDisposedException>(() => pair.Network.AddHost("late"));
    }

    [HostFact]
    public async Task KilledProcess_LeavesNothing()
    {
        using Process probe = Start("dotnet", s_probe);
        (int process, int inside, ulong[] namespaces) = await ReadAsync(probe);
        Assert.Contains(NamespacesInUse(), namespaces.Contains);

        Linux.Sys.Kill(process, Linux.Uapi.SIGKILL);

        await probe.WaitForExitAsync().InTime();
        await Eventually.True(() => !IsAlive(inside));
        await Eventually.True(() => !NamespacesInUse().Any(namespaces.Contains));
    }

    [HostFact("setpriv=util-linux", "unshare=util-linux", NeedsRoot = true)]
    public async Task OrdinaryUser_IsReexecuted_AndGetsTheExitCode()
    {
        using Process probe = Start("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "dotnet", s_probe);

        (int process, _, _) = await ReadAsync(probe);
        await probe.StandardInput.WriteLineAsync("7");
        await probe.WaitForExitAsync().InTime();

        Assert.Equal(7, probe.ExitCode);
        Assert.NotEqual(probe.Id, process);
    }

    [HostFact("setpriv=util-linux", "unshare=util-linux", NeedsRoot = true)]
    public async Task OrdinaryUser_WhoseFirstProcessIsKilled_LeavesNothing()
    {
        using Process probe = Start("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "dotnet", s_probe);
        (int process, int inside, ulong[] namespaces) = await ReadAsync(probe);

        probe.Kill();

        await Eventually.True(() => !IsAlive(process) && !IsAlive(inside));
        await Eventually.True(() => !NamespacesInUse().Any(namespaces.Contains));
    }

    [RequiresProgramFact("setpriv", "util-linux")]
    public async Task ForbiddenUserNamespaces_AreNamed()
    {
        // As if re-executed already, and still without the capability.
        string[] without = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--ambient-caps=-sys_admin"] : [];
        string[] command = [.. without, "env", "WEIR_IN_USER_NAMESPACE=1", "dotnet", s_probe];
        using Process probe = Start(command[0], command[1..]);

        string errors = await probe.StandardError.ReadToEndAsync().InTime();
        await probe.WaitForExitAsync().InTime();

        Assert.Equal(2, probe.ExitCode);
        Assert.StartsWith("unshare CLONE_NEWNET: EPERM; a network namespace needs CAP_SYS_ADMIN; run as root", errors, StringComparison.Ordinal);
    }

    private static Process Start(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(info)!;
    }

    private static async Task<(int Process, int Inside, ulong[] Namespaces)> ReadAsync(Process probe)
    {
        string line = await probe.StandardOutput.ReadLineAsync().InTime() ?? await probe.StandardError.ReadToEndAsync().InTime();
        ulong[] numbers = [.. line.Split(' ').Select(word => ulong.Parse(word, CultureInfo.InvariantCulture))];
        return ((int)numbers[0], (int)numbers[1], numbers[2..]);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static List<ulong> NamespacesInUse()
    {
        var inUse = new List<ulong>();
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                foreach (string thread in Directory.EnumerateDirectories(Path.Combine(process, "task")))
                    inUse.Add(ulong.Parse(new FileInfo($"{thread}/ns/net").LinkTarget!["net:[".Length..^1], CultureInfo.InvariantCulture));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or NullReferenceException)
            {
                // It ended meanwhile, or is somebody else's.
            }
        }

        return inUse;
    }
}
