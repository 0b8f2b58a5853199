using Xunit.Sdk;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>For tests that wait for a clock: all transports wait together.</summary>
internal static class OnEach
{
    /// <summary>Runs the test on every transport at once; what fails says on which.</summary>
    public static Task TransportAsync(Func<TransportCase, Task> test) => Task.WhenAll(TransportCase.All.Select(async transport =>
    {
        try
        {
            await test(transport);
        }
        catch (Exception failure)
        {
            throw new XunitException($"on {transport}: {failure.Message}", failure);
        }
    }));
}
