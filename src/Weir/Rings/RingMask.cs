namespace Weir.Rings;

/// <summary>
/// Which features may be used at all, as text: a kernel's version, for what that kernel has (<c>6.1</c>), or names to leave out
/// (<c>-MultishotReceive,-Messages</c>). For tests of the fallbacks, and for a kernel whose feature turns out to be broken.
/// </summary>
internal static class RingMask
{
    private static readonly (Version Kernel, RingFeatures Brought)[] s_history =
    [
        (new(5, 17), RingFeatures.SilentSuccess),
        (new(5, 18), RingFeatures.Messages),
        (new(5, 19), RingFeatures.BufferRing | RingFeatures.MultishotAccept),
        (new(6, 1), RingFeatures.DeferredWork),
        (new(6, 6), RingFeatures.NoSubmissionArray),
        (new(6, 17), RingFeatures.MultishotReceive),
    ];

    public static RingFeatures OfEnvironment() => Parse(Environment.GetEnvironmentVariable(RingSupport.MaskVariable));

    /// <summary>All features for nothing, and for what is neither a version nor a list of names.</summary>
    public static RingFeatures Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return RingFeatures.All;
        if (Version.TryParse(text, out Version? kernel))
            return OfKernel(kernel);
        RingFeatures features = RingFeatures.All;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (name.StartsWith('-') && Enum.TryParse(name[1..], ignoreCase: true, out RingFeatures feature))
                features &= ~feature;
        }

        return features;
    }

    public static RingFeatures OfKernel(Version kernel) =>
        s_history.Where(step => step.Kernel <= kernel).Aggregate(RingFeatures.None, (features, step) => features | step.Brought);

    /// <summary>The kernel that brought a feature.</summary>
    public static Version Since(RingFeatures feature) => s_history.First(step => step.Brought.HasFlag(feature)).Kernel;
}
