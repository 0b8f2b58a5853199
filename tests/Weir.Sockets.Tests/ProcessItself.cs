using System.Globalization;

namespace Weir.Sockets.Tests;

/// <summary>Who this process is, as /proc says.</summary>
internal static class ProcessItself
{
    public static ProcessCredentials Credentials => new(Environment.ProcessId, EffectiveId("Uid:"), EffectiveId("Gid:"));

    public static bool IsRoot => Credentials.UserId == 0;

    // The fields are real, effective, saved and file system id (proc_pid_status(5)).
    private static uint EffectiveId(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }
}
