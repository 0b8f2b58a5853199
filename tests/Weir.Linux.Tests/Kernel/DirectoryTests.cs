using System.Text;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

public sealed class DirectoryTests
{
    [Fact]
    public void Entries_AreThoseOfTheDirectory_AndLinksLeadWhereTheyDo()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 100; i++)
            File.CreateSymbolicLink(Path.Combine(folder.Path, $"link-{i}"), $"target of {i}");
        using var opened = new SafeFd(Sys.OpenAt(AT_FDCWD, Encoding.UTF8.GetBytes(folder.Path + '\0'), O_RDONLY | O_CLOEXEC).Value);

        // Room for a few at a time.
        byte[] buffer = new byte[256];
        List<string> names = [];
        while (Sys.GetDirectoryEntries(opened.Number, buffer) is { Value: > 0 } read)
        {
            ReadOnlySpan<byte> entries = buffer.AsSpan(0, read.Value);
            while (!entries.IsEmpty)
                names.Add(Encoding.UTF8.GetString(Sys.FirstEntry(entries, out entries)));
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"link-{i}").Append(".").Append("..").Order(), names.Order());
        Assert.Equal(12, Sys.ReadLink(opened.Number, "link-77\0"u8, buffer).Value);
        Assert.Equal("target of 77", Encoding.UTF8.GetString(buffer.AsSpan(0, 12)));
        Assert.Equal(Errno.ENOENT, Sys.ReadLink(opened.Number, "none\0"u8, buffer).Errno);
    }

    [Fact]
    public void APathWithoutItsEnd_IsRefused() => Assert.Throws<ArgumentException>(() => Sys.OpenAt(AT_FDCWD, "/proc"u8, O_RDONLY));
}
