using System.Globalization;
using Weir.Linux;
using Weir.Testing;

namespace Weir.Sockets.Tests;

/// <summary>What /proc says about the descriptors and the threads of this process. Other tests run in it at the same time.</summary>
internal static class Descriptors
{
    /// <summary>What a descriptor stands for, such as <c>socket:[4711]</c>; null when it is closed.</summary>
    public static string? Target(int fd) => new FileInfo(FormattableString.Invariant($"/proc/self/fd/{fd}")).LinkTarget;

    /// <summary>How many descriptors stand for this.</summary>
    public static int CountOf(string target) =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(entry => new FileInfo(entry).LinkTarget == target);

    /// <summary>The flags of the open file, with O_CLOEXEC of the descriptor.</summary>
    public static int Flags(int fd)
    {
        string line = File.ReadLines(FormattableString.Invariant($"/proc/self/fdinfo/{fd}"))
            .First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }

    /// <summary>Returns when a thread is inside this call with this descriptor as its first argument.</summary>
    public static Task Blocked(int call, int fd) => Eventually.True(() => IsInCall(call, fd));

    /// <summary>Runs what blocks on a thread of its own.</summary>
    public static Task<T> OnAnotherThread<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>A pipe of this test's own: its read end, and what both ends stand for.</summary>
    public static (SafeFd ReadEnd, SafeFd WriteEnd, string Target) Pipe()
    {
        Assert.Ok(Sys.Pipe(out int readEnd, out int writeEnd, Uapi.O_CLOEXEC | Uapi.O_NONBLOCK));
        return (new SafeFd(readEnd), new SafeFd(writeEnd), Target(readEnd)!);
    }

    private static bool IsInCall(int call, int fd)
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"{call} 0x{fd:x} ");
        return Directory.EnumerateDirectories("/proc/self/task")
            .Any(task => ReadOrEmpty($"{task}/syscall").StartsWith(start, StringComparison.Ordinal));
    }

    // A thread may end between the listing and the reading.
    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
