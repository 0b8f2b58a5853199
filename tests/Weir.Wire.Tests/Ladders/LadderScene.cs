using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Ladders;

/// <summary>Two programs that talk over a wire, and the recording of it.</summary>
internal sealed class LadderScene : IDisposable
{
    private static readonly RecorderOptions s_options = new() { SamplesCounters = false };

    private readonly Pair _pair;
    private readonly BothEnds _ends;
    private NetworkRecorder? _recorder;

    public LadderScene(Pair pair)
    {
        _pair = pair;
        _ends = new BothEnds(pair.Wire);
    }

    /// <summary>A request of 17 bytes, and an answer of four segments.</summary>
    public async Task Ask()
    {
        using KernelSocket listener = _pair.Server.Listen(Pair.Port, blocking: true);
        using KernelSocket client = _pair.Client.Socket(AF_INET, SOCK_STREAM, blocking: true);
        await Record();
        Task serving = Task.Run(() =>
        {
            using KernelSocket accepted = Accept(listener);
            accepted.Set(SocketOptions.NoDelay, value: true);
            Receive(accepted, 17);
            for (int part = 0; part < 4; part++)
                accepted.Send(new byte[1000]);
            Receive(accepted, 1);
        });
        client.Connect(KernelAddress.FromIPAddress(_pair.Server.Address, Pair.Port));
        client.Send(new byte[17]);
        Receive(client, 4000);
        client.Dispose();
        await serving.InTime(Deadline.Generous);
        await ClosedByBoth();
    }

    /// <summary>Twelve thousand bytes to somebody who does not read them until he was asked twice whether he has room.</summary>
    public async Task Overrun()
    {
        using KernelSocket listener = _pair.Server.Listen(Pair.Port, blocking: true);
        listener.Set(SocketOptions.ReceiveBufferBytes, 4096);
        using KernelSocket client = _pair.Client.Socket(AF_INET, SOCK_STREAM, blocking: true);
        await Record();
        client.Connect(KernelAddress.FromIPAddress(_pair.Server.Address, Pair.Port));
        KernelSocket accepted = Accept(listener);
        client.Send(new byte[12_000]);
        await Eventually.True(() => _ends.CountAnsweredProbes() >= 2);
        await Task.Run(() => Receive(accepted, 12_000)).InTime(Deadline.Generous);
        client.Dispose();
        accepted.Dispose();
        await ClosedByBoth();
    }

    public Timeline Draw(string title) => _recorder!.Stop(title);

    public void Dispose()
    {
        _ends.Dispose();
        _recorder?.Dispose();
    }

    /// <summary>From now on. A connection before has everything compiled that the wire would wait for.</summary>
    private async Task Record()
    {
        using (NetworkRecorder rehearsal = NetworkRecorder.Start(_pair.Network, s_options))
        {
            (KernelSocket client, KernelSocket server) = await _pair.ConnectAsync(Pair.Port + 1);
            client.Send(new byte[17]);
            await Eventually.True(() => client.Info?.UnackedSegments == 0);
            // Nothing comes after a reset.
            client.Set(SocketOptions.Linger, LingerTime.Reset);
            client.Dispose();
            await Eventually.True(() => _ends.PacketsAt(_pair.Wire.AToB).Count(packet => packet.Tcp is { IsReset: true }) == 1 && IsSettled(_pair.Wire.AToB));
            server.Dispose();
            rehearsal.Stop();
        }

        _recorder = NetworkRecorder.Start(_pair.Network, s_options);
    }

    private static KernelSocket Accept(KernelSocket listener) =>
        listener.TryAccept(out Linux.Errno error, blocking: true) ?? throw new InvalidOperationException($"accept: {error}");

    /// <summary>Until so many bytes have come, or the end.</summary>
    private static void Receive(KernelSocket socket, int bytes)
    {
        byte[] buffer = new byte[4096];
        while (bytes > 0 && socket.Receive(buffer) is { IsOk: true, Value: > 0 } received)
            bytes -= received.Value;
    }

    // Each side's FIN has left, and the last acknowledgement.
    private Task ClosedByBoth() => Eventually.True(() =>
        IsSettled(_pair.Wire.AToB)
        && _ends.PacketsAt(_pair.Wire.AToB).Count(packet => packet.Tcp is { IsFin: true }) >= 2
        && _ends.PacketsAt(_pair.Wire.BToA).Count(packet => packet.Tcp is { IsFin: true }) >= 2);

    private static bool IsSettled(WireDirection direction) =>
        direction.Counters.Left + direction.Counters[WireFate.Dropped] == direction.Counters.Arrived;
}
