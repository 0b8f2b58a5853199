using Weir.Inspect.Tracing;
using Xunit;

namespace Weir.Inspect.Tests.Tracing;

public sealed class ControlGroupTests
{
    private const string Unified = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw";
    private const string Hybrid = "35 31 0:31 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw";
    private const string OldOne = "34 31 0:30 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu";
    private const string PartOfIt = "30 24 0:26 /lxc/a /mnt/c\\040g rw - cgroup2 cgroup2 rw";

    [Theory]
    [InlineData(Unified, "0::/user.slice/session-1.scope", "/sys/fs/cgroup/user.slice/session-1.scope")]
    [InlineData(Unified, "0::/", "/sys/fs/cgroup")]
    [InlineData(Hybrid, "0::/", "/sys/fs/cgroup/unified")]
    [InlineData(OldOne, "0::/", null)]
    [InlineData(PartOfIt, "0::/lxc/a/b", "/mnt/c g/b")]
    [InlineData(PartOfIt, "0::/lxc/ab", null)]
    [InlineData(Unified, "0::/../../user.slice", null)]
    [InlineData(Unified, "1:name=systemd:/x", null)]
    public void TheFolder_IsFoundWhereItIsMounted(string mount, string group, string? folder) =>
        Assert.Equal(folder, ControlGroup.Find([mount], ["9:cpu:/", group]));

    [TraceFact]
    public void WhatIsInUse_IsNotSweptAway_AndWhatIsLeft_Is()
    {
        using var used = ControlGroup.Create();
        string left = Path.Combine(Path.GetDirectoryName(used.Path)!, "weir-0-0");
        Directory.CreateDirectory(left);

        using var next = ControlGroup.Create();

        Assert.True(Directory.Exists(used.Path));
        Assert.False(Directory.Exists(left));
        Assert.NotEqual(used.Path, next.Path);
    }
}
