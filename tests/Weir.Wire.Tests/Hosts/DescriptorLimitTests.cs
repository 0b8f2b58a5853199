using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Hosts;

/// <summary>Descriptors are scarce for the whole process meanwhile.</summary>
[Collection(Alone.Name)]
public sealed class DescriptorLimitTests
{
    [HostFact]
    public async Task HostWithoutRoomForItsSockets_LeavesNoThread()
    {
        await using var network = HostNetwork.Create();
        // Whatever has to be loaded for a host.
        network.AddHost("usual");
        Sys.GetResourceLimit(RLIMIT_NOFILE, out rlimit64 limit);
        Sys.SetResourceLimit(RLIMIT_NOFILE, limit with { rlim_cur = (ulong)NumberBeyondTheNext() });
        try
        {
            Assert.Equal(Errno.EMFILE, Assert.Throws<SocketCallException>(() => network.AddHost("full")).Errno);
        }
        finally
        {
            Sys.SetResourceLimit(RLIMIT_NOFILE, limit);
        }

        Assert.Equal("usual", Assert.Single(network.Hosts).Name);
        await Eventually.True(() => ThreadNames().Contains("host usual") && !ThreadNames().Contains("host full"));
    }

    // There is room for the namespace then, and for no socket.
    private static int NumberBeyondTheNext()
    {
        using var next = new SafeFd(Sys.Duplicate(0).Value);
        using var beyond = new SafeFd(Sys.Duplicate(0).Value);
        return beyond.Number;
    }

    private static List<string> ThreadNames()
    {
        var names = new List<string>();
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                names.Add(File.ReadAllText($"{thread}/comm").TrimEnd());
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return names;
    }
}
