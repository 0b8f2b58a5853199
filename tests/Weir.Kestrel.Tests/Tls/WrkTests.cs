using Microsoft.AspNetCore.Builder;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>wrk through TLS: many connections that ask without a pause.</summary>
public sealed class WrkTests
{
    private const int Enough = 50;

    [RequiresProgramTheory("wrk", "wrk")]
    [TransportData(Few = true)]
    public async Task ManyConnections_AskWithoutAPause_AndNoneFails(TransportCase transport)
    {
        int answered = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () =>
        {
            Interlocked.Increment(ref answered);
            return "fine";
        }), options => options.ListenHttps());

        int counted = 0;
        for (int runs = 1; counted < Enough; runs++)
        {
            Assert.InRange(runs, 1, Enough);
            counted += await AskForASecondAsync(rig);
        }

        Assert.InRange(answered, counted, int.MaxValue);
    }

    // wrk knows no number of requests to stop at.
    private static async Task<int> AskForASecondAsync(WebRig rig)
    {
        Finished wrk = (await new Run(
            "wrk", "--threads", "1", "--connections", "16", "--duration", "1s", "--timeout", "50s", $"https://127.0.0.1:{rig.Port}/").ToEnd()).Succeeded();

        Assert.DoesNotContain("Socket errors", wrk.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", wrk.Output, StringComparison.Ordinal);
        return int.Parse(Assert.Single(wrk.Lines, line => line.Contains(" requests in ", StringComparison.Ordinal)).Trim().Split(' ')[0]);
    }
}
