using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck.Fluent;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Tests.Addresses;

public sealed class KernelAddressTests
{
    [Fact]
    public void FromIPEndPoint_IPv4_HasTheKernelsLayout()
    {
        KernelAddress address = KernelAddress.FromIPEndPoint(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80));

        Assert.Equal([2, 0, 0, 80, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0], address.Bytes.ToArray());
        Assert.Equal((AF_INET, 80, 0u), (address.Family, address.Port, address.ScopeId));
        Assert.Equal([192, 0, 2, 1], address.AddressBytes.ToArray());
    }

    [Fact]
    public void FromIPEndPoint_IPv6_HasTheKernelsLayout()
    {
        KernelAddress address = KernelAddress.FromIPEndPoint(new IPEndPoint(IPAddress.Parse("fe80::1%2"), 258));

        Assert.Equal(
            [10, 0, 1, 2, 0, 0, 0, 0, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0], address.Bytes.ToArray());
        Assert.Equal((AF_INET6, 258, 2u), (address.Family, address.Port, address.ScopeId));
    }

    [Fact]
    public void FromUnixPath_EndsWithANul()
    {
        KernelAddress address = KernelAddress.FromUnixPath("/x");

        Assert.Equal([1, 0, (byte)'/', (byte)'x', 0], address.Bytes.ToArray());
        Assert.Equal("/x", address.Path);
        Assert.True(address is { HasPath: true, IsAbstract: false, IsUnnamed: false, IsIP: false });
    }

    [Fact]
    public void FromAbstractName_HasANulBeforeItAndNoneBehind()
    {
        KernelAddress address = KernelAddress.FromAbstractName("x\0"u8);

        Assert.Equal([1, 0, 0, (byte)'x', 0], address.Bytes.ToArray());
        Assert.True(address is { HasPath: false, IsAbstract: true, IsUnnamed: false, Path: null });
        Assert.Equal("x\0"u8.ToArray(), address.UnixNameBytes.ToArray());
    }

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("255.255.255.255:65535", "255.255.255.255", 65535)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("[fe80::1%2]:80", "fe80::1%2", 80)]
    [InlineData("[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1", 80)]
    public void ToString_IP_IsAddressAndPort(string text, string address, int port) =>
        Assert.Equal(text, KernelAddress.FromIPAddress(IPAddress.Parse(address), port).ToString());

    [Fact]
    public void ToString_Unix_EscapesWhatATerminalCannotShow()
    {
        Assert.Equal("/tmp/x y.sock", KernelAddress.FromUnixPath("/tmp/x y.sock").ToString());
        Assert.Equal("/é\\x1b[31m", KernelAddress.FromUnixPath("/é\u001b[31m").ToString());
        Assert.Equal("/a\\x5cb", KernelAddress.FromUnixPath("/a\\b").ToString());
        Assert.Equal("@name", KernelAddress.FromAbstractName("name").ToString());
        Assert.Equal("@a\\x00\\xff", KernelAddress.FromAbstractName([(byte)'a', 0, 0xFF]).ToString());
        Assert.Equal("\\x40name", KernelAddress.FromUnixPath("@name").ToString());
        Assert.Equal("(unnamed)", KernelAddress.FromBytes([1, 0]).ToString());
        Assert.Equal("(none)", default(KernelAddress).ToString());
        Assert.Equal("(family 16, 12 bytes)", KernelAddress.FromBytes([16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).ToString());
    }

    [Fact]
    public void TryFormat_TooSmall_WritesNothing()
    {
        KernelAddress address = KernelAddress.FromIPAddress(IPAddress.Loopback, 80);
        Span<char> exact = stackalloc char[12];

        Assert.True(address.TryFormat(exact, out int written));
        Assert.Equal("127.0.0.1:80", exact[..written].ToString());
        Assert.False(address.TryFormat(exact[..11], out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void FromBytes_PaddingAndFinalNuls_DoNotCount()
    {
        byte[] padded = [2, 0, 0, 80, 127, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9];
        Assert.Equal(KernelAddress.FromIPAddress(IPAddress.Loopback, 80), KernelAddress.FromBytes(padded));

        byte[] path = [1, 0, (byte)'/', (byte)'x'];
        Assert.Equal(KernelAddress.FromUnixPath("/x"), KernelAddress.FromBytes(path));
        Assert.Equal(KernelAddress.FromUnixPath("/x"), KernelAddress.FromBytes([.. path, 0, 7, 7]));
    }

    [Fact]
    public void FromBytes_PathOf108Bytes_KeepsAllOfThem()
    {
        byte[] bytes = [1, 0, .. Enumerable.Repeat((byte)'x', 108)];

        KernelAddress address = KernelAddress.FromBytes([.. bytes, 0]);

        Assert.Equal(bytes, address.Bytes.ToArray());
        Assert.Equal(108, address.UnixNameBytes.Length);
        Assert.Equal(address, KernelAddress.FromBytes(bytes));
    }

    [Fact]
    public void FromBytes_TooShortOrTooLong_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => KernelAddress.FromBytes(new byte[129]));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromBytes([2, 0, 0, 80]));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromBytes([10, 0, 0, 80, 1, 1]));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromBytes([1, 0, .. Enumerable.Repeat((byte)'x', 109)]));
        Assert.Equal(default, KernelAddress.FromBytes([1]));
    }

    [Fact]
    public void FromUnixPath_EmptyLongOrWithNul_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => KernelAddress.FromUnixPath(""));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromUnixPath("/a\0b"));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromUnixPath(new string('x', 108)));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromAbstractName(new byte[108]));
    }

    [Fact]
    public void ToUrl_OfWhatNoUrlSays_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => KernelAddress.FromBytes([1, 0]).ToUrl(SocketScheme.Unix));
        Assert.Throws<InvalidOperationException>(() => KernelAddress.FromUnixPath("x.sock").ToUrl(SocketScheme.Unix));
        Assert.Throws<ArgumentException>(() => KernelAddress.FromIPAddress(IPAddress.Loopback, 80).ToUrl(SocketScheme.Tcp6));
        Assert.Equal("unix://(unnamed)", KernelAddress.FromBytes([1, 0]).Describe(SocketScheme.Unix));
    }

    [Fact]
    public void ToUrl_OfAnAddress_IsItsText()
    {
        KernelAddress linkLocal = KernelAddress.FromIPAddress(IPAddress.Parse("fe80::1%2"), 80);

        Assert.Equal("udp6://[fe80::1%2]:80", linkLocal.ToUrl(SocketScheme.Udp6).ToString());
        Assert.Equal("tcp://127.0.0.1:80", KernelAddress.FromIPAddress(IPAddress.Loopback, 80).ToUrl(SocketScheme.Tcp).ToString());
        Assert.Equal("unix:///a%20b", KernelAddress.FromUnixPath("/a b").ToUrl(SocketScheme.Unix).ToString());
    }

    [Fact]
    public void WithPort_ChangesNothingElse() => Assert.Equal(
        "[fe80::1%2]:81", KernelAddress.FromIPAddress(IPAddress.Parse("fe80::1%2"), 80).WithPort(81).ToString());

    [Fact]
    public void FromBytes_OfARandomIPEndPoint_GivesItBack() => TestSeed.ForAll(
        Gen.OneOf(SocketUrlPropertyTests.IPv4Addresses(), SocketUrlPropertyTests.IPv6Addresses())
            .SelectMany(address => Gen.Choose(0, 65_535).Select(port => new IPEndPoint(address, port))),
        endPoint =>
        {
            KernelAddress address = KernelAddress.FromIPEndPoint(endPoint);
            SocketAddress expected = endPoint.Serialize();

            Assert.Equal(expected.Buffer.Span[..expected.Size].ToArray(), address.Bytes.ToArray());
            Assert.Equal(address, KernelAddress.FromBytes(address.Bytes));
            Assert.Equal(endPoint, address.ToIPEndPoint());
            Assert.Equal(address.GetHashCode(), KernelAddress.FromBytes(address.Bytes).GetHashCode());
        });

    [Fact]
    public void FromBytes_OfRandomUnixBytes_GivesThemBack() => TestSeed.ForAll(SocketUrlPropertyTests.Bytes(), bytes =>
    {
        KernelAddress address = KernelAddress.FromBytes([1, 0, .. bytes]);

        Assert.Equal(address, KernelAddress.FromBytes(address.Bytes));
        Assert.Equal(bytes[0] == 0, address.IsAbstract);
        Assert.DoesNotContain(address.ToString(), char.IsControl);
    });

    [Fact]
    public void Bytes_OfABoundSocket_AreWhatTheKernelSays()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, 0).ToIPEndPoint());
        SocketAddress actual = socket.LocalEndPoint!.Serialize();

        KernelAddress address = KernelAddress.FromBytes(actual.Buffer.Span[..actual.Size]);

        Assert.NotEqual(0, address.Port);
        Assert.Equal(address.Port, BinaryPrimitives.ReadUInt16BigEndian(actual.Buffer.Span[2..]));
        Assert.Equal($"127.0.0.1:{address.Port}", address.ToString());
    }

    [Fact]
    public void Making_Comparing_Formatting_AllocatesNothing()
    {
        byte[] bytes = KernelAddress.FromIPAddress(IPAddress.Loopback, 80).Bytes.ToArray();
        byte[] name = Encoding.UTF8.GetBytes("/tmp/x.sock");
        char[] text = new char[64];
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();

        bool worked = Work();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(worked);

        bool Work() =>
            KernelAddress.FromBytes(bytes).TryFormat(text, out _)
            && KernelAddress.FromBytes(bytes) == KernelAddress.FromBytes(bytes)
            && KernelAddress.FromUnixPath(name).GetHashCode() != KernelAddress.FromAbstractName(name).GetHashCode();
    }
}
