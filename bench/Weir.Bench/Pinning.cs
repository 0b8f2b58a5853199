using System.Globalization;
using System.Text.Json.Serialization;

namespace Weir.Bench;

/// <summary>The server has the first allowed CPU, the load generator the second.</summary>
internal sealed record Pinning(int? ServerCpu, int? LoadCpu)
{
    public bool IsPinned => ServerCpu is not null;

    /// <summary>For what belongs beside the load generator.</summary>
    [JsonIgnore]
    public Pinning Swapped => new(LoadCpu, ServerCpu);

    public static async Task<Pinning> ChooseAsync(CancellationToken cancel)
    {
        int[] cpus = ParseCpuList(await ReadAllowedCpusAsync(cancel));
        if (cpus.Length < 2)
            return new Pinning(null, null);
        if (await Shell.FirstLineAsync(cancel, "taskset", "--version") is null)
            throw new BenchException("taskset: not installed; apt install util-linux");
        return new Pinning(cpus[0], cpus[1]);
    }

    public string[] Server(IEnumerable<string> command) => Pin(ServerCpu, command);

    public string[] Load(IEnumerable<string> command) => Pin(LoadCpu, command);

    public string Describe(string onServerCpu, string onLoadCpu) => IsPinned
        ? $"{onServerCpu} to CPU {ServerCpu}, {onLoadCpu} to CPU {LoadCpu}"
        : $"nothing: only one CPU is available, {onServerCpu} and {onLoadCpu} share it";

    /// <summary>The kernel's list format, cpuset(7): <c>0-2,5</c>.</summary>
    public static int[] ParseCpuList(string list) =>
    [
        .. list.Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(range =>
        {
            int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        }),
    ];

    private static string[] Pin(int? cpu, IEnumerable<string> command) =>
        cpu is null ? [.. command] : ["taskset", "-c", $"{cpu}", .. command];

    private static async Task<string> ReadAllowedCpusAsync(CancellationToken cancel)
    {
        const string key = "Cpus_allowed_list:";
        string[] lines = await File.ReadAllLinesAsync("/proc/self/status", cancel);
        return lines.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();
    }
}
