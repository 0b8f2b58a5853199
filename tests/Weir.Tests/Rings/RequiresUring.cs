using Weir.Rings;
using Xunit;

namespace Weir.Tests.Rings;

/// <summary>Where this process may not use io_uring its tests are skipped, with the reason; the contract's are left out.</summary>
internal static class RequiresUring
{
    public static string? ReasonToSkip { get; } =
        RingSupport.Probe(RingFeatures.All).Refusal is { } refusal ? $"needs io_uring: {refusal}" : null;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresUringFactAttribute : FactAttribute
{
    public RequiresUringFactAttribute() => Skip = RequiresUring.ReasonToSkip;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresUringTheoryAttribute : TheoryAttribute
{
    public RequiresUringTheoryAttribute() => Skip = RequiresUring.ReasonToSkip;
}
