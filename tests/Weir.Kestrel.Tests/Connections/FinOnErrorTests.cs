using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>
/// The switch that turns an abort's reset into an ordinary end. A process reads it once, so each test has a process of its own, whose program is
/// this assembly's entry point.
/// </summary>
public sealed class FinOnErrorTests
{
    private const string Switch = "Microsoft.AspNetCore.Server.Kestrel.FinOnError";

    [Theory]
    [TransportData]
    public async Task AnAbort_IsAnOrdinaryEnd_WhenTheSwitchIsOn(TransportCase transport)
    {
        Assert.Equal("the stream ended", await RunAsync(transport, isOn: true));
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_IsAReset_WhenTheSwitchIsOff(TransportCase transport)
    {
        Assert.Equal("ConnectionReset", await RunAsync(transport, isOn: false));
    }

    /// <summary>A server aborts, and its client says what it saw.</summary>
    internal static async Task Main(string[] arguments)
    {
        AppContext.SetSwitch(Switch, bool.Parse(arguments[1]));
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(TransportCase.All.First(transport => transport.ToString() == arguments[0]));
        await pair.Client.SendAsync("read");
        // Unread bytes would make a reset of any end.
        ReadResult read = await pair.Connection.Transport.Input.ReadAtLeastAsync(4);
        pair.Connection.Transport.Input.AdvanceTo(read.Buffer.End);
        pair.Connection.Abort(new ConnectionAbortedException("enough"));
        try
        {
            await pair.Client.ReadToEndAsync();
            Console.Write("the stream ended");
        }
        catch (SocketException failure)
        {
            Console.Write(failure.SocketErrorCode);
        }
    }

    private static async Task<string> RunAsync(TransportCase transport, bool isOn) =>
        (await Run.Dotnet(typeof(FinOnErrorTests).Assembly.Location, [transport.ToString(), isOn.ToString()]).ToEnd()).Succeeded().Output;
}
