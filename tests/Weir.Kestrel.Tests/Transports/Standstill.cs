using Weir.Testing;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A number that grew and has stopped growing, as far as one can see.</summary>
internal static class Standstill
{
    private const int Looks = 10;

    public static async Task OfAsync(Func<long> read)
    {
        long before = -1;
        int unchanged = 0;
        await Eventually.True(() =>
        {
            long now = read();
            unchanged = now > 0 && now == before ? unchanged + 1 : 0;
            before = now;
            return unchanged >= Looks;
        });
    }
}
