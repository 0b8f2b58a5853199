using System.Globalization;

namespace Weir.Bench;

/// <summary>What the kernel holds for itself: slab, stacks and page tables (/proc/meminfo), and pages of TCP's buffers (/proc/net/sockstat).</summary>
internal static class KernelMemory
{
    private static readonly string[] s_keys = ["Slab:", "KernelStack:", "PageTables:"];

    /// <summary>Of the whole machine.</summary>
    public static long Read() => Parse(File.ReadAllLines("/proc/meminfo"), File.ReadAllLines("/proc/net/sockstat"));

    public static long Parse(IReadOnlyList<string> meminfo, IReadOnlyList<string> sockstat)
    {
        long kibibytes = s_keys.Sum(key => Number(Words(meminfo, key)[1]));
        string[] tcp = Words(sockstat, "TCP:");
        return (1024 * kibibytes) + (Environment.SystemPageSize * Number(tcp[Array.IndexOf(tcp, "mem") + 1]));
    }

    private static string[] Words(IReadOnlyList<string> lines, string key) =>
        lines.First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
