// A server on the engine: every line comes back, quoted, until the client finishes. Ctrl-C drains and ends.
//
//   dotnet run --project samples/LineServer -- tcp://127.0.0.1:3110        and then:  socat - TCP4:127.0.0.1:3110
using System.Buffers;
using Weir;
using Weir.Sockets;

SocketUrl url = SocketUrl.Parse(args.Length > 0 ? args[0] : "tcp://127.0.0.1:3110");
byte[] newline = "\n"u8.ToArray();

await using Server server = await Server.StartAsync(new ServerOptions { Urls = [url] }, async connection =>
{
    while (true)
    {
        ReadOnlySequence<byte> line = await connection.Input.ReadUntilAsync(newline, limitBytes: 4096);
        if (line.IsEmpty)
            return; // The client has finished; the connection is closed in order.
        connection.Output.Write("> "u8);
        foreach (ReadOnlyMemory<byte> piece in line)
            connection.Output.Write(piece.Span);
        connection.Input.AdvanceTo(line.End); // The line goes back to the loop's pool.
        await connection.Output.FlushAsync(); // Complete when the bytes have left.
    }
});

Console.WriteLine($"listening on {server.Listeners[0]}");
var stop = new TaskCompletionSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.TrySetResult();
};
await stop.Task;
await server.StopAsync(drainTimeout: TimeSpan.FromSeconds(5));
