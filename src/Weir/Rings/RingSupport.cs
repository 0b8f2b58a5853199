using Weir.Linux;
using Weir.Sockets;

namespace Weir.Rings;

/// <summary>What this process may use of io_uring: found by trying.</summary>
internal sealed record RingSupport(RingFeatures Features, string? Refusal)
{
    /// <summary>The environment variable that takes features away: see <see cref="RingMask"/>.</summary>
    public const string MaskVariable = "WEIR_URING_FEATURES";

    private const uint Entries = 8;

    private static RingSupport? s_ofProcess;

    /// <summary>What there is, less what the environment's mask takes away. Looked for again as long as there is none: descriptors and memory come back.</summary>
    public static RingSupport OfProcess
    {
        get
        {
            if (Volatile.Read(ref s_ofProcess) is { } known)
                return known;
            RingSupport found = Probe(RingMask.OfEnvironment());
            if (found.IsAvailable)
                Volatile.Write(ref s_ofProcess, found);
            return found;
        }
    }

    public bool IsAvailable => Refusal is null;

    /// <summary>Tries each feature of the mask.</summary>
    public static RingSupport Probe(RingFeatures mask)
    {
        try
        {
            (Ring ring, RingFeatures setUp) = Open(mask);
            using (ring)
            {
                ring.Enable();
                return new RingSupport(setUp | new RingTrial(ring, mask).Run(), null);
            }
        }
        catch (SocketCallException failure)
        {
            return new RingSupport(RingFeatures.None, RingRefusal.Describe(failure));
        }
    }

    // EINVAL is what a kernel says of a flag that it does not know. What a ring is set up with is found by leaving out the youngest first.
    private static (Ring Ring, RingFeatures Features) Open(RingFeatures mask)
    {
        const RingFeatures All = RingFeatures.DeferredWork | RingFeatures.NoSubmissionArray | RingFeatures.SilentSuccess;
        RingFeatures features = mask & All;
        while (true)
        {
            try
            {
                Ring ring = new(Entries, Entries * 2, features);
                return (ring, ring.HasSilentSuccess ? features : features & ~RingFeatures.SilentSuccess);
            }
            catch (SocketCallException failure) when (failure.Errno is Errno.EINVAL && (features & ~RingFeatures.SilentSuccess) != RingFeatures.None)
            {
                features &= features.HasFlag(RingFeatures.NoSubmissionArray) ? ~RingFeatures.NoSubmissionArray : ~RingFeatures.DeferredWork;
            }
        }
    }
}
