using System.Reflection;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Wire.Tests.Hosts;

/// <summary>The tests of this project once more, as somebody who is not root, in a user namespace.</summary>
public sealed class OrdinaryUserTests(ITestOutputHelper output)
{
    private const string Nobody = "65534";

    // Where root runs everything itself, these are enough to see that an ordinary user can.
    private const string Some = "FullyQualifiedName~HostTests|FullyQualifiedName~SpeedTests";

    [RequiresProgramsFact("unshare=util-linux", "setpriv=util-linux", "ip=iproute2")]
    public async Task Tests_PassAsAnOrdinaryUser()
    {
        // A run within a run ends here.
        if (Environment.GetEnvironmentVariable("WEIR_TEST_AS_USER") == "1")
            return;
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        bool isRoot = Environment.IsPrivilegedProcess;
        string[] unprivileged = isRoot ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];
        string[] filter = isRoot && !FullRun.IsOn ? ["--filter", Some] : [];
        // The test host and its runner speak over loopback, which is down in a new namespace.
        string[] command =
        [
            .. unprivileged, "unshare", "-Urn", "--keep-caps", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh",
            "dotnet", "test", Assembly.GetExecutingAssembly().Location, "--results-directory", folder.Path, .. filter,
        ];

        Finished run = await new Run(command[0], command[1..])
        {
            Limit = 3 * Deadline.Generous,
            WorkingDirectory = folder.Path,
            Environment = { ["WEIR_TEST_AS_USER"] = "1", ["HOME"] = folder.Path, ["DOTNET_CLI_HOME"] = folder.Path, ["TMPDIR"] = folder.Path },
        }.ToEnd();

        output.WriteLine(run.Output);
        run.Succeeded();
        Assert.Matches("Passed: +[1-9]", run.Output);
    }
}
