using System.Text.Json.Serialization;
using Weir.Loops;
using Weir.Rings;

namespace Weir.Cli.Engines;

/// <summary>Which engines there are on this machine, and what of io_uring was found by trying.</summary>
internal static class EngineTable
{
    private static readonly (RingFeatures Feature, string With, string Without)[] s_features =
    [
        (RingFeatures.BufferRing, "receives complete into provided buffers", "descriptors are polled, receives are calls"),
        (RingFeatures.MultishotReceive, "one operation for many receives, up to the reader's mark", "one for each"),
        (RingFeatures.MultishotAccept, "one operation for many accepts", "listeners are polled, accepts are calls"),
        (RingFeatures.DeferredWork, "the kernel's part runs when the loop waits", "it interrupts the loop"),
        (RingFeatures.Messages, "loops wake each other by operations", "by an eventfd"),
        (RingFeatures.SilentSuccess, "cancelling completes in silence", "its completions are thrown away"),
        (RingFeatures.NoSubmissionArray, "entries are submitted in place", "through an array of indices"),
    ];

    public static EngineReport Read()
    {
        RingSupport support = RingSupport.OfProcess;
        return new EngineReport(
            Auto: EngineOf(LoopEngine.Auto),
            Kernel: Environment.OSVersion.Version.ToString(3),
            UringUsable: support.IsAvailable,
            support.Refusal,
            Mask: Environment.GetEnvironmentVariable(RingSupport.MaskVariable),
            Features:
            [
                .. s_features.Select(row => new EngineFeature(
                    row.Feature.ToString(),
                    RingMask.Since(row.Feature).ToString(),
                    support.Features.HasFlag(row.Feature),
                    support.Features.HasFlag(row.Feature) ? row.With : row.Without)),
            ]);
    }

    public static void Write(EngineReport report, TextWriter output)
    {
        output.WriteLine($"uring    {(report.UringUsable ? "usable" : $"not usable: {report.Refusal}; epoll takes its place")}");
        output.WriteLine("epoll    usable");
        output.WriteLine("poll     usable");
        output.WriteLine("select   usable");
        output.WriteLine($"auto     {report.Auto}");
        if (!report.UringUsable)
            return;
        output.WriteLine();
        output.WriteLine($"{"io_uring",-18} {"since",-6} {"found",-6} on this kernel ({report.Kernel}{(report.Mask is { } mask ? $", {RingSupport.MaskVariable}={mask}" : "")})");
        foreach (EngineFeature feature in report.Features)
            output.WriteLine($"{feature.Name,-18} {feature.SinceKernel,-6} {(feature.IsFound ? "yes" : "no"),-6} {feature.Effect}");
    }

    private static string EngineOf(LoopEngine engine) => LoopEngineChoice.Of(engine).ToString().ToLowerInvariant();
}

internal sealed record EngineReport(
    string Auto, string Kernel, bool UringUsable, string? Refusal, string? Mask, IReadOnlyList<EngineFeature> Features);

internal sealed record EngineFeature(string Name, string SinceKernel, bool IsFound, string Effect);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EngineReport))]
internal sealed partial class EngineJson : JsonSerializerContext;
