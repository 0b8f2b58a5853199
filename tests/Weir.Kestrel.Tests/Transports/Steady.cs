using Weir.Testing;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>Waits until a count that grew stands still, because whatever makes it grow waits for somebody.</summary>
internal static class Steady
{
    // A loaded machine may hold a thread for some time; what is counted here takes microseconds.
    private const int Looks = 20;

    public static async Task ReachedAsync(Func<long> read)
    {
        long before = -1;
        int same = 0;
        await Eventually.True(() =>
        {
            long now = read();
            same = now > 0 && now == before ? same + 1 : 0;
            before = now;
            return same >= Looks;
        });
    }
}
