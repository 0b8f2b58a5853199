using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Options;

/// <summary>Where options come from, and that they reach the kernel.</summary>
public sealed class OptionTests
{
    [Fact]
    public async Task AppSettings_AreRead_AndTheDelegateWins()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.File("appsettings.json"),
            """
            {
              "Weir": {
                "Engine": "Poll", "Loops": 3, "Scheduling": "Inline", "StallThreshold": "00:00:02", "MaxReadBufferSize": 65536,
                "BlockSizeBytes": 4096, "Backlog": 7, "NoDelay": false
              }
            }
            """);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.Path });
        builder.WebHost.UseWeir(options => options.Loops = 2);
        await using WebApplication application = builder.Build();

        WeirTransportOptions options = application.Services.GetRequiredService<IOptions<WeirTransportOptions>>().Value;

        Assert.Equal(
            (LoopEngine.Poll, 2, LoopScheduling.Inline, TimeSpan.FromSeconds(2), 65_536L, 4096, 7, false),
            (options.Engine, options.Loops, options.Scheduling, options.StallThreshold, options.MaxReadBufferSize ?? 0, options.BlockSizeBytes, options.Backlog, options.NoDelay));
    }

    [Theory]
    [InlineData("Engine", "17", "WeirTransportOptions.Engine has to be")]
    [InlineData("Scheduling", "17", "WeirTransportOptions.Scheduling has to be")]
    [InlineData("Loops", "-1", "WeirTransportOptions.Loops has to be from 0 to 1,024.")]
    [InlineData("Loops", "1025", "WeirTransportOptions.Loops has to be from 0 to 1,024.")]
    [InlineData("MaxReadBufferSize", "-1", "WeirTransportOptions.MaxReadBufferSize has to be 0 or more, or null.")]
    [InlineData("Backlog", "0", "WeirTransportOptions.Backlog has to be 1 or more.")]
    [InlineData("BlockSizeBytes", "1024", "WeirTransportOptions.BlockSizeBytes has to be from 2,048 to 1,048,576.")]
    [InlineData("BlockSizeBytes", "1048577", "WeirTransportOptions.BlockSizeBytes has to be from 2,048 to 1,048,576.")]
    [InlineData("StallThreshold", "00:00:00", "WeirTransportOptions.StallThreshold has to be")]
    public async Task AnInvalidOption_IsNamedAtStart(string name, string value, string message)
    {
        InvalidOperationException refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => WebRig.StartAsync(
            TransportCase.Unconfigured,
            map: _ => { },
            build: builder => builder.Configuration.AddInMemoryCollection([new($"{WeirTransportOptions.SectionName}:{name}", value)])));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task OneInformationLine_SaysWhatRuns(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, map: _ => { });

        LogLine line = Assert.Single(rig.Log, line => line.Category.StartsWith("Weir", StringComparison.Ordinal) && line.Level >= LogLevel.Information);
        Assert.Equal(LogLevel.Information, line.Level);
        string where = transport.IsInline ? "on its loops" : "on the thread pool";
        Assert.Matches($@"^Weir carries the connections: \d+ loops? on {transport.Engine.ToString().ToLowerInvariant()}, the application runs {where}$", line.Text);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task TheBacklog_ReachesTheKernel(TransportCase transport)
    {
        await using TransportRig rig = TransportRig.Create(transport, services => services.Configure<WeirTransportOptions>(options => options.Backlog = 3));
        await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
        await using IConnectionListener other = await rig.Listeners.BindAsync(new UrlEndPoint("tcp4://127.0.0.1:0?backlog=5"));

        Assert.Equal([3], await BacklogsAsync(listener.EndPoint));
        Assert.Equal([5], await BacklogsAsync(other.EndPoint));
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task NoDelay_IsAsTheOptionsSay(TransportCase transport)
    {
        foreach (bool asked in new[] { true, false })
        {
            await using TransportRig rig = TransportRig.Create(transport, services => services.Configure<WeirTransportOptions>(options => options.NoDelay = asked));
            await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
            await using ConnectionContext client = await rig.Connections.ConnectAsync(listener.EndPoint);
            await using ConnectionContext server = (await listener.AcceptAsync().AsTask().WaitAsync(Deadline.Generous))!;
            Assert.Equal(asked, NoDelay(client));
            Assert.Equal(asked, NoDelay(server));
            client.Abort();
        }
    }

    private static bool NoDelay(ConnectionContext connection) => connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.NoDelay;

    // Of a listening socket, /proc/net/tcp has no backlog; ss shows it as the queue for sending.
    private static async Task<IEnumerable<int>> BacklogsAsync(EndPoint endPoint)
    {
        Finished listed = (await new Run("ss", "-H", "-ltn", "src", endPoint.ToString()!).ToEnd()).Succeeded();
        return listed.Lines.Select(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], System.Globalization.CultureInfo.InvariantCulture)).Distinct();
    }
}
