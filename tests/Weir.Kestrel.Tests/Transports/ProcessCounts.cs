using Weir.Testing;
using Xunit.Sdk;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>What this process holds of the kernel's: open sockets, pollers and the like, and the threads of loops.</summary>
internal readonly record struct ProcessCounts(int Descriptors, int LoopThreads)
{
    public static ProcessCounts Now() => new(
        // Files, such as assemblies that are loaded while a test runs, are nobody's leak.
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(IsKernelObject),
        Directory.EnumerateDirectories("/proc/self/task").Count(IsLoop));

    /// <summary>Waits until no more is held than before.</summary>
    public async Task ReturnsAsync()
    {
        ProcessCounts before = this;
        try
        {
            await Eventually.True(() => Now() is var now && now.Descriptors <= before.Descriptors && now.LoopThreads <= before.LoopThreads);
        }
        catch (XunitException late)
        {
            throw new XunitException($"before: {before}, afterwards: {Now()}", late);
        }
    }

    private static bool IsKernelObject(string path)
    {
        string? target = new FileInfo(path).LinkTarget;
        return target is not null && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal));
    }

    // A thread may end between being listed and being read.
    private static bool IsLoop(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("weir ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
