using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weir.Cli.Capturing;
using Weir.Packets;
using Xunit;

namespace Weir.Cli.Tests.Capturing;

/// <summary>Which owner each frame is given on with. The frames are written by hand; their sockets are there.</summary>
public sealed class OwnerLineTests : IDisposable
{
    private const byte Udp = 17;
    private const byte FragmentHeader = 44;
    private const int TcpSynBytes = 40;

    private readonly ShiftedTime _time = new();
    private readonly FlowOwners _owners;
    private readonly OwnerLine _line;
    private readonly List<FlowOwner> _given = [];
    private long _nowNs = 1_000_000_000;

    public OwnerLineTests()
    {
        _owners = new FlowOwners(_time, new EndFinder(_time, trace: null));
        _line = new OwnerLine(_owners, _time, (in FrameView _, FlowOwner owner) => _given.Add(owner));
    }

    [Fact]
    public void FirstFragmentsOfTwoFlows_BetweenTheSameHosts_HaveTheirOwnOwners()
    {
        using UdpClient server = Bound(IPAddress.IPv6Loopback);
        using UdpClient one = Bound(IPAddress.IPv6Loopback);
        using UdpClient other = Bound(IPAddress.IPv6Loopback);

        for (int i = 0; i < 3; i++)
        {
            Take(IPv6Fragment(one, server, identification: 1));
            Take(IPv6Fragment(other, server, identification: 2));
        }

        Assert.Equal([.. Repeated(Fd(one), Fd(other), times: 3)], _given.Select(owner => owner.Sender!.Fd));
    }

    [Fact]
    public void EveryFragmentOfEveryDatagram_HasAnOwner()
    {
        using UdpClient server = Bound(IPAddress.Loopback);
        using UdpClient client = Bound(IPAddress.Loopback);

        for (ushort datagram = 1; datagram <= 4; datagram++)
        {
            Take(IPv4Fragment(client, server, datagram, offset: 0, isLast: false));
            Take(IPv4Fragment(client, server, datagram, offset: 1480, isLast: true));
        }

        Assert.Equal(Enumerable.Repeat(Fd(client), 8), _given.Select(owner => owner.Sender?.Fd ?? -1));
    }

    [Fact]
    public void AFloodOfOpenings_IsNotRememberedForEver()
    {
        for (int i = 0; i < 200_000; i++)
            Take(IPv4Syn(i));

        Assert.InRange(_owners.Count, 1, 65_536);
    }

    public void Dispose() => _owners.Dispose();

    private void Take(byte[] frame)
    {
        _nowNs += 1000;
        _line.Take(new FrameView(LinkType.Raw, _nowNs, frame, frame.Length));
        _line.Release(isOver: true);
    }

    private static IEnumerable<int> Repeated(int one, int other, int times) => Enumerable.Range(0, times).SelectMany(_ => new[] { one, other });

    private static UdpClient Bound(IPAddress address) => new(new IPEndPoint(address, 0));

    private static int Fd(UdpClient client) => (int)client.Client.Handle;

    private static ushort Port(UdpClient client) => (ushort)((IPEndPoint)client.Client.LocalEndPoint!).Port;

    private static byte[] IPv6Fragment(UdpClient from, UdpClient to, uint identification)
    {
        byte[] frame = new byte[40 + 8 + 8 + 1000];
        frame[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), (ushort)(frame.Length - 40));
        frame[6] = FragmentHeader;
        frame[7] = 64;
        (frame[23], frame[39]) = (1, 1);
        frame[40] = Udp;
        // More fragments follow.
        frame[43] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(44), identification);
        Ports(frame.AsSpan(48), from, to);
        return frame;
    }

    private static byte[] IPv4Fragment(UdpClient from, UdpClient to, ushort identification, int offset, bool isLast)
    {
        byte[] frame = IPv4(Udp, 20 + (isLast ? 520 : 1480));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(6), (ushort)((offset / 8) | (isLast ? 0 : 0x2000)));
        if (offset == 0)
            Ports(frame.AsSpan(20), from, to);
        else
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), identification);
        return frame;
    }

    private static byte[] IPv4Syn(int number)
    {
        byte[] frame = IPv4(protocol: 6, TcpSynBytes);
        // From elsewhere to elsewhere: nobody is asked for.
        (frame[12], frame[16]) = (192, 198);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(20), number);
        (frame[32], frame[33]) = (0x50, 0x02);
        return frame;
    }

    private static byte[] IPv4(byte protocol, int bytes)
    {
        byte[] frame = new byte[bytes];
        frame[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)bytes);
        (frame[8], frame[9]) = (64, protocol);
        (frame[12], frame[15], frame[16], frame[19]) = (127, 1, 127, 1);
        return frame;
    }

    private static void Ports(Span<byte> header, UdpClient from, UdpClient to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, Port(from));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], Port(to));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 2008);
    }
}
