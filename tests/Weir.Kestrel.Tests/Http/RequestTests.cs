using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Http;

public sealed class RequestTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [TransportData]
    public async Task ARequest_IsAnswered(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "hello"));
        using HttpClient client = rig.Client();

        Assert.Equal("hello", await client.GetStringAsync("/"));
    }

    [Theory]
    [TransportData]
    public async Task ManyRequests_GoThroughOneConnection(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", (HttpContext context) => context.Connection.Id));
        using HttpClient client = rig.Client();

        HashSet<string> ids = [];
        for (int i = 0; i < 100; i++)
            ids.Add(await client.GetStringAsync("/"));

        Assert.Single(ids);
    }

    [Theory]
    [TransportData]
    public async Task PipelinedRequests_AreAnsweredInOrder(TransportCase transport)
    {
        int count = 0;
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => $"[{count++}]"));
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Repeat(Get, 16)));
        string answers = await client.ReadUntilAsync("[15]");

        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"[{i}]"), System.Text.RegularExpressions.Regex.Matches(answers, @"\[\d+\]").Select(match => match.Value));
    }
}
