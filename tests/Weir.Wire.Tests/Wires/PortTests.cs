using System.Buffers.Binary;
using System.Diagnostics;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Wires;

/// <summary>What the kernel does with a wire's ends.</summary>
public sealed class PortTests
{
    private const int QuietLooks = 10;

    /// <summary>Tags that the kernel takes out when a frame comes in are on the wire, and behind it.</summary>
    [HostFact]
    public async Task VlanTags_StayInTheirFrames()
    {
        await using Pair pair = Pair.Create();
        var log = new WireLog();
        using IDisposable observation = pair.Wire.Observe(log);
        var options = new WireOptions();
        using PacketSocket sender = pair.Client.Run(() => PacketSocket.Open(pair.Client.Interfaces[0].Index, options));
        using PacketSocket receiver = pair.Server.Run(() => PacketSocket.Open(pair.Server.Interfaces[0].Index, options));
        byte[][] frames = [Frame(ETH_P_8021Q, 5), Frame(ETH_P_8021Q, 0x6fff), Frame(0x88a8, 7), Frame(ETH_P_IP, 0x4500)];

        foreach (byte[] frame in frames)
            Assert.True(PacketSocket.Send(sender.Fd, frame, Deadline.Generous, out _).IsOk);

        var received = new List<byte[]>();
        await Eventually.True(() =>
        {
            received.AddRange(Take(receiver));
            return received.Count == frames.Length;
        });
        Assert.Equal(frames, received);
        await Eventually.True(() => log.Events.Count == frames.Length);
        Assert.Equal(frames, log.Events.Select(happened => happened.Frame.Bytes.ToArray()));
        Assert.Equal(5, log.Events[0].Frame.Packet.Vlans[0].Id);
    }

    [HostFact]
    public async Task VlanTag_IsNoPartOfTheMtu()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.AToB.Conditions = new WireConditions { MtuBytes = 100 };
        using PacketSocket sender = pair.Client.Run(() => PacketSocket.Open(pair.Client.Interfaces[0].Index, new WireOptions()));
        foreach (int bytes in (int[])[118, 119])
            Assert.True(PacketSocket.Send(sender.Fd, Frame(ETH_P_8021Q, 5, bytes), Deadline.Generous, out _).IsOk);

        await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.Forwarded] == 1 && pair.Wire.AToB.Counters[WireFate.TooLong] == 1);
    }

    [HostFact("ip=iproute2")]
    public async Task DeletedInterface_LeavesTheWireAtRest()
    {
        await using Pair pair = Pair.Create();

        using Process ip = pair.Client.Start("ip", "link", "delete", "eth0");
        await ip.WaitForExitAsync().InTime();
        Assert.Equal(0, ip.ExitCode);

        // It has used no time between two looks, and then again and again.
        TimeSpan last = TimeSpan.MinValue;
        int quiet = 0;
        await Eventually.True(() =>
        {
            TimeSpan used = pair.Wire.CpuTime;
            quiet = used == last ? quiet + 1 : 0;
            last = used;
            return quiet == QuietLooks;
        });
    }

    private static byte[] Frame(ushort protocol, ushort next, int bytes = 64)
    {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)(2 * i);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), protocol);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), next);
        return frame;
    }

    private static unsafe List<byte[]> Take(PacketSocket socket)
    {
        var frames = new List<byte[]>();
        byte* bytes;
        while ((bytes = socket.Ring.Peek(frames.Count, out int length)) != null)
            frames.Add(new ReadOnlySpan<byte>(bytes, length).ToArray());
        socket.Ring.Advance(frames.Count);
        return frames;
    }
}
