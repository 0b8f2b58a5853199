namespace Weir.Bench;

/// <summary>A program that writes packets to a file.</summary>
/// <param name="ReadyText">What it prints when it captures.</param>
/// <param name="CommandFor">The command line for a port and a file.</param>
internal sealed record CapturePeer(string Name, string ReadyText, Func<CaptureBenchOptions, int, string, IReadOnlyList<string>> CommandFor);

internal static class CapturePeerTable
{
    public const string Tcpdump = "tcpdump";
    public const string Weir = "weir";

    public static IReadOnlyList<CapturePeer> All { get; } =
    [
        new(Tcpdump, "listening on", (options, port, file) =>
        [
            "tcpdump", "-i", "lo", "-B", $"{options.BufferBytes / 1024}", "-s", $"{options.SnapLengthBytes}", "-Z", "root", "--nano", "-w", file, "udp", "dst", "port", $"{port}",
        ]),
        new(Weir, "capturing on", (options, port, file) =>
        [
            "dotnet", Repository.Assembly("Weir.Cli"), "capture", "-i", "lo", "--buffer", $"{options.BufferBytes}", "--snap-length", $"{options.SnapLengthBytes}", "-w", file, "udp", "dst", "port", $"{port}",
        ]),
    ];
}
