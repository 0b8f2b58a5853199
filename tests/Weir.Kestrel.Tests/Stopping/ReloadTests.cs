using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Stopping;

/// <summary>Endpoints that the configuration adds and takes away while the server runs.</summary>
public sealed class ReloadTests
{
    private const string Url = "Kestrel:Endpoints:Only:Url";

    [Theory]
    [TransportData]
    public async Task AReload_BindsTheNewEndpoint_AndLetsTheOldOneFinish(TransportCase transport)
    {
        TaskCompletionSource working = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [Url] = "http://127.0.0.1:0" }).Build();
        await using WebRig rig = await WebRig.StartAsync(
            transport,
            app =>
            {
                app.MapGet("/slow", async context =>
                {
                    working.SetResult();
                    await goOn.Task;
                    await context.Response.WriteAsync("slow");
                });
                app.MapGet("/", () => "quick");
            },
            options => options.Configure(configuration.GetSection("Kestrel"), reloadOnChange: true));
        using RawClient busy = await rig.ConnectAsync();
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await working.Task.WaitAsync(Deadline.Generous);

        // The same port of another address is free.
        configuration[Url] = $"http://127.0.0.2:{rig.Port}";
        configuration.Reload();

        await Eventually.True(() => IsRefused(IPAddress.Loopback, rig.Port));
        goOn.SetResult();
        Assert.EndsWith("slow\r\n0\r\n\r\n", await busy.ReadToEndAsync(), StringComparison.Ordinal);
        busy.Dispose();
        await Eventually.True(() => !IsRefused(IPAddress.Parse("127.0.0.2"), rig.Port));
        using var client = new HttpClient();
        Assert.Equal("quick", await client.GetStringAsync($"http://127.0.0.2:{rig.Port}/"));
    }

    private static bool IsRefused(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address, port);
            return false;
        }
        // A connect that was under way when the listener closed is reset.
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return true;
        }
    }
}
