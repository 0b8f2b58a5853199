using System.Text;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Wire;
using static Weir.Linux.Uapi;

// Two hosts, a wire between them that takes a millisecond and loses the third segment of data, and everything that both sides do, as a drawing.
// It needs no root. An argument names a file for the drawing as SVG.
NetworkRecorder.Install();
if (Namespaces.EnterOrReexecute(args) is { } exitCode)
    return exitCode;

await using HostNetwork network = HostNetwork.Create();
Host client = network.AddHost("client");
Host server = network.AddHost("server");
NetworkWire wire = network.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
wire.SetConditions(new WireConditions { Delay = TimeSpan.FromMilliseconds(1) });
wire.AToB.Drop(Segments.Data(3), times: 1);

using NetworkRecorder recorder = NetworkRecorder.Start(network);
using (KernelSocket listener = server.Listen(port: 80, blocking: true))
using (KernelSocket connection = client.Socket(AF_INET, SOCK_STREAM, blocking: true))
{
    connection.Set(SocketOptions.NoDelay, value: true);
    connection.Connect(KernelAddress.FromIPAddress(server.Address, port: 80), TimeSpan.FromSeconds(5));
    using KernelSocket accepted = listener.TryAccept(out _)!;
    for (int i = 1; i <= 5; i++)
        connection.Send(Encoding.ASCII.GetBytes($"message {i}"));
    byte[] buffer = new byte[64];
    for (int received = 0; received < 45 && accepted.WaitFor(POLLIN, TimeSpan.FromSeconds(5));)
        received += accepted.Receive(buffer).Value;
}

await Task.Delay(TimeSpan.FromMilliseconds(20));
Timeline timeline = recorder.Stop("The third of five messages is lost");
Console.Write(LadderText.Draw(timeline, new LadderTextOptions { WidthColumns = 120 }));
if (args.Length > 0)
    await File.WriteAllTextAsync(args[0], LadderSvg.Draw(timeline));
return 0;
