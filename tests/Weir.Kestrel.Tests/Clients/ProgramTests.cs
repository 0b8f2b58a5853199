using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Clients;

/// <summary>Without HTTP: echo, with the programs that everybody has at the other end.</summary>
public sealed class ProgramTests
{
    private const string Text = "a line\nand another\n";

    [RequiresProgramsFact("socat", "ncat")]
    public async Task SocatAndNcat_TalkToAHandler()
    {
        using var folder = new TemporaryFolder();
        foreach (TransportCase transport in TransportCase.All)
        {
            string path = folder.File($"{transport}".Replace(' ', '-'));
            await using HandlerRig rig = await HandlerRig.StartAsync(transport, EchoAsync, (options, set) =>
            {
                options.Listen(IPAddress.Loopback, port: 0, listener => set(listener));
                options.ListenUnixSocket(path, listener => set(listener));
            });

            Assert.Equal(Text, await SayAsync("socat", "-t", "30", "-", $"TCP4:127.0.0.1:{rig.Web.Port}"));
            Assert.Equal(Text, await SayAsync("socat", "-t", "30", "-", $"UNIX-CONNECT:{path}"));
            Assert.Equal(Text, await SayAsync("ncat", "127.0.0.1", $"{rig.Web.Port}"));
        }
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task Socat_TalksToATransportWithoutAServer()
    {
        foreach (TransportCase transport in TransportCase.All)
        {
            await using TransportRig rig = TransportRig.Create(transport);
            await using IConnectionListener listener = await rig.Listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, port: 0));
            Task serving = Task.Run(async () =>
            {
                await using ConnectionContext connection = (await listener.AcceptAsync())!;
                await EchoAsync(connection);
            });

            Assert.Equal(Text, await SayAsync("socat", "-t", "30", "-", $"TCP4:{listener.EndPoint}"));
            await serving.WaitAsync(Deadline.Generous);
        }
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AClient_TalksToSocat()
    {
        using var folder = new TemporaryFolder();
        foreach (TransportCase transport in TransportCase.All)
        {
            string path = folder.File($"{transport}".Replace(' ', '-'));
            Task<Finished> server = new Run("socat", $"UNIX-LISTEN:{path}", "EXEC:cat").ToEnd();
            await Eventually.True(() => File.Exists(path));
            await using TransportRig rig = TransportRig.Create(transport);
            await using (ConnectionContext connection = await ConnectAsync(rig, path))
            {
                await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(Text));
                ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(Text.Length).AsTask().WaitAsync(Deadline.Generous);
                Assert.Equal(Text, Encoding.ASCII.GetString(read.Buffer));
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }

            (await server).Succeeded();
        }
    }

    // Between socat's bind and its listen there is nobody yet.
    private static async Task<ConnectionContext> ConnectAsync(TransportRig rig, string path)
    {
        ConnectionContext? connection = null;
        await Eventually.True(() =>
        {
            try
            {
                connection = rig.Connections.ConnectAsync(new UnixDomainSocketEndPoint(path)).AsTask().WaitAsync(Deadline.Generous).GetAwaiter().GetResult();
                return true;
            }
            catch (Exception refused) when (refused is SocketException or Weir.Sockets.SocketCallException)
            {
                return false;
            }
        });
        return connection!;
    }

    private static async Task<string> SayAsync(string program, params string[] arguments) =>
        (await new Run(program, arguments) { Input = Text }.ToEnd()).Succeeded().Output;

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (true)
        {
            ReadResult read = await connection.Transport.Input.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                await connection.Transport.Output.WriteAsync(piece);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
