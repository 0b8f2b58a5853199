using System.Net;
using Weir.Linux;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Ladders;

/// <summary>Two programs that talk over a wire, and the ladder of it.</summary>
internal sealed class LadderScene : IDisposable
{
    private readonly Pair _pair;
    private readonly CallLog _client = new(participant: 0);
    private readonly CallLog _server = new(participant: 1);

    public LadderScene(Pair pair)
    {
        _pair = pair;
        Ends = new BothEnds(pair.Wire);
    }

    public BothEnds Ends { get; }

    /// <summary>A request of 17 bytes, and an answer of four segments.</summary>
    public async Task Ask()
    {
        using KernelSocket listener = _pair.Server.Listen(Pair.Port, blocking: true);
        Task serving = Task.Run(() =>
        {
            KernelSocket accepted = _server.Accept(listener);
            accepted.Set(SocketOptions.NoDelay, value: true);
            Receive(_server, accepted, 17);
            for (int part = 0; part < 4; part++)
                Send(_server, accepted, 1000);
            Receive(_server, accepted, 1);
            _server.Close(accepted);
        });
        KernelSocket client = Connect();
        Send(_client, client, 17);
        Receive(_client, client, 4000);
        _client.Close(client);
        await serving.InTime(Deadline.Generous);
    }

    /// <summary>Twelve thousand bytes to somebody who does not read them until he was asked twice whether he has room.</summary>
    public async Task Overrun()
    {
        using KernelSocket listener = _pair.Server.Listen(Pair.Port, blocking: true);
        listener.Set(SocketOptions.ReceiveBufferBytes, 4096);
        KernelSocket client = Connect();
        KernelSocket accepted = _server.Accept(listener);
        Send(_client, client, 12_000);
        await Eventually.True(() => Ends.CountAnsweredProbes() >= 2);
        Task serving = Task.Run(() => Receive(_server, accepted, 12_000));
        await serving.InTime(Deadline.Generous);
        _client.Close(client);
        _server.Close(accepted);
        await Eventually.True(() => Ends.PacketsAt(_pair.Wire.AToB).Count(packet => packet.Tcp is { IsFin: true }) >= 2);
    }

    public Timeline Draw(string title)
    {
        Timeline segments = Timeline.FromBothEnds(Ends.PacketsAt(_pair.Wire.AToB), Ends.PacketsAt(_pair.Wire.BToA));
        var builder = new TimelineBuilder { Title = title };
        builder.Participant("client");
        builder.Participant("server");
        string client = segments.Participants.Single(name => !name.EndsWith($":{Pair.Port}", StringComparison.Ordinal));
        foreach (SegmentEvent segment in segments.Events.Cast<SegmentEvent>())
        {
            bool isClients = segments.Participants[segment.From] == client;
            builder.Add(segment with { From = isClients ? 0 : 1, To = isClients ? 1 : 0 });
        }

        foreach (TimelineEvent call in _client.Events.Concat(_server.Events))
            builder.Add(call);
        return builder.Build();
    }

    public void Dispose() => Ends.Dispose();

    private static void Send(CallLog log, KernelSocket socket, int bytes)
    {
        byte[] buffer = new byte[bytes];
        log.Call("send", $"{bytes} B", socket, () => socket.Send(buffer));
    }

    /// <summary>Until so many bytes have come, or the end.</summary>
    private static void Receive(CallLog log, KernelSocket socket, int bytes)
    {
        byte[] buffer = new byte[4096];
        while (bytes > 0)
        {
            SysResult received = log.Call("recv", $"{buffer.Length} B", socket, () => socket.Receive(buffer));
            if (!received.IsOk || received.Value == 0)
                return;
            bytes -= received.Value;
        }
    }

    private KernelSocket Connect()
    {
        KernelSocket client = _pair.Client.Socket(AF_INET, SOCK_STREAM, blocking: true);
        IPAddress server = _pair.Server.Address;
        _client.Call("connect", $"{server}:{Pair.Port}", client, () => client.Connect(KernelAddress.FromIPAddress(server, Pair.Port)));
        return client;
    }
}
