using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Relaying.Proxying;

/// <summary>PROXY headers as https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt has them.</summary>
public sealed class ProxyHeaderTests
{
    private const string V2 = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n", "192.168.0.1:56324", "192.168.0.11:443")]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 0 1\r\n", "[2001:db8::1]:0", "[::1]:1")]
    [InlineData(
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", "(none)", "(none)")]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff ffff 65535 65535\r\n", "(none)", "(none)")]
    public void V1_IsRead(string text, string source, string destination)
    {
        Assert.Equal(ProxyHeaderOutcome.Complete, Parse(Bytes.Of(text), out ProxyHeader header, out int length));
        Assert.Equal((source, destination), ($"{header.Source}", $"{header.Destination}"));
        Assert.Equal(text.IndexOf('\n') + 1, length);
    }

    [Theory]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 1\r\n")]
    [InlineData("PROXY TCP4  192.168.0.1 192.168.0.11 56324 443\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 65536\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 -1 443\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 +1 443\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 080 443\r\n")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11  443\r\n")]
    [InlineData("PROXY TCP4 192.168.1 192.168.0.11 80 443\r\n")]
    [InlineData("PROXY TCP4 010.0.0.1 192.168.0.11 80 443\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 80 443\r\n")]
    [InlineData("PROXY TCP6 127.0.0.1 127.0.0.1 80 443\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 80 443\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 80 443\r\n")]
    [InlineData("PROXY UDP4 192.168.0.1 192.168.0.11 56324 443\r\n")]
    [InlineData("PROXY UNKNOWNX\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY \n")]
    [InlineData("PROXY UNKNOWN 4567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n")]
    public void V1_Malformed_IsRefused(string text) => Assert.Equal(ProxyHeaderOutcome.Malformed, Parse(Bytes.Of(text), out _, out _));

    [Theory]
    [InlineData("21110010C0A80001C0A8000BDC0401BB0A0B0C0D", "192.168.0.1:56324", "192.168.0.11:443")]
    [InlineData(
        "2121002420010DB8000000000000000000000001000000000000000000000000000000011F900050", "[2001:db8::1]:8080", "[::1]:80")]
    [InlineData("200000 00", "(none)", "(none)")]
    [InlineData("20FF0003010203", "(none)", "(none)")]
    [InlineData("21000000", "(none)", "(none)")]
    public void V2_IsRead_AndWhatFollowsTheAddressesIsSkipped(string hex, string source, string destination)
    {
        byte[] bytes = Convert.FromHexString((V2 + hex).Replace(" ", ""));
        Assert.Equal(ProxyHeaderOutcome.Complete, Parse([.. bytes, 1, 2, 3], out ProxyHeader header, out int length));
        Assert.Equal((source, destination, bytes.Length), ($"{header.Source}", $"{header.Destination}", length));
    }

    [Theory]
    [InlineData("1111000C000000000000000000000000")]
    [InlineData("2211000C000000000000000000000000")]
    [InlineData("2113000C000000000000000000000000")]
    [InlineData("2111000B0000000000000000000000")]
    [InlineData("212100230000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("2131000C000000000000000000000000")]
    [InlineData("2111FFFF")]
    public void V2_Malformed_IsRefused(string hex) =>
        Assert.Equal(ProxyHeaderOutcome.Malformed, Parse(Convert.FromHexString(V2 + hex), out _, out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PROXZ")]
    [InlineData("\r\n\r\nX")]
    [InlineData(" ")]
    public void SomethingElse_IsMissing(string text) => Assert.Equal(ProxyHeaderOutcome.Missing, Parse(Bytes.Of(text), out _, out _));

    [Fact]
    public void WhatIsWritten_IsRead_AndEveryBeginningIsIncomplete() =>
        TestSeed.ForAll(Headers(), header =>
        {
            foreach (ProxyProtocol version in new[] { ProxyProtocol.V1, ProxyProtocol.V2 })
            {
                byte[] room = new byte[ProxyHeader.MaxWrittenBytes];
                byte[] bytes = room[..ProxyHeaderWriter.Write(version, header, room)];
                for (int i = 0; i < bytes.Length; i++)
                    Assert.Equal(ProxyHeaderOutcome.Incomplete, Parse(bytes.AsSpan(0, i), out _, out _));
                Assert.Equal(ProxyHeaderOutcome.Complete, Parse([.. bytes, 7], out ProxyHeader read, out int length));
                Assert.Equal(bytes.Length, length);
                Assert.Equal(version == ProxyProtocol.V1 && header.Source.IsUnix ? default : header, read);
                if (version == ProxyProtocol.V1)
                    Assert.InRange(length, 1, ProxyHeader.MaxV1Bytes);
            }
        });

    [Fact]
    public void IPv4InIPv6sClothes_IsWrittenAsIPv4_UnlessTheOtherIsNot()
    {
        var mapped = KernelAddress.FromIPAddress(IPAddress.Parse("::ffff:10.0.0.1"), 5);
        var plain = KernelAddress.FromIPAddress(IPAddress.Loopback, 6);
        var other = KernelAddress.FromIPAddress(IPAddress.IPv6Loopback, 7);
        Assert.Equal("PROXY TCP4 10.0.0.1 127.0.0.1 5 6\r\n", Line(new ProxyHeader(mapped, plain)));
        Assert.Equal("PROXY TCP6 ::ffff:10.0.0.1 ::1 5 7\r\n", Line(new ProxyHeader(mapped, other)));
        Assert.Equal("PROXY UNKNOWN\r\n", Line(new ProxyHeader(mapped, KernelAddress.FromUnixPath("/x"))));
    }

    // Whatever comes, parsing says something and never more than there is.
    [Fact]
    public void AnyBytes_AreAnswered()
    {
        var random = new Random(TestSeed.Value);
        byte[][] valid = [Bytes.Of("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), Convert.FromHexString(V2 + "21110010C0A80001C0A8000BDC0401BB0A0B0C0D")];
        int complete = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = [.. valid[random.Next(2)], 0, 0];
            for (int changes = random.Next(4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReadOnlySpan<byte> some = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            try
            {
                ProxyHeaderOutcome outcome = Parse(some, out _, out int length);
                complete += outcome == ProxyHeaderOutcome.Complete ? 1 : 0;
                Assert.InRange(length, outcome == ProxyHeaderOutcome.Complete ? 1 : 0, some.Length);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{Convert.ToHexString(some)}: {exception.Message}; {TestSeed.Replay}", exception);
            }
        }

        Assert.InRange(complete, 1, 99_999);
    }

    private static ProxyHeaderOutcome Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header, out int length)
    {
        ProxyHeaderOutcome outcome = ProxyHeaderParser.Parse(bytes, out header, out length, out string problem);
        Assert.True(problem.Length > 0 || outcome is ProxyHeaderOutcome.Complete or ProxyHeaderOutcome.Incomplete);
        return outcome;
    }

    private static string Line(ProxyHeader header)
    {
        byte[] room = new byte[ProxyHeader.MaxWrittenBytes];
        return Encoding.ASCII.GetString(room, 0, ProxyHeaderWriter.Write(ProxyProtocol.V1, header, room));
    }

    private static Gen<ProxyHeader> Headers()
    {
        Gen<byte[]> four = ArbMap.Default.GeneratorFor<byte>().ArrayOf(4);
        // A first byte that no IPv4-mapped address has.
        Gen<byte[]> sixteen = ArbMap.Default.GeneratorFor<byte>().ArrayOf(15).Select(bytes => (byte[])[0x20, .. bytes]);
        Gen<int> port = Gen.Choose(0, ushort.MaxValue);
        Gen<KernelAddress> unix = Gen.Choose(1, 100).Select(length => KernelAddress.FromUnixPath("/" + new string('x', length)));
        Gen<KernelAddress> abstractName = Gen.Choose(1, 100).Select(length => KernelAddress.FromAbstractName(new string('y', length)));
        return Gen.OneOf(
            Pair(Address(four, port)), Pair(Address(sixteen, port)), Pair(Gen.OneOf(unix, abstractName)));
    }

    private static Gen<KernelAddress> Address(Gen<byte[]> bytes, Gen<int> port) =>
        bytes.SelectMany(_ => port, (address, number) => KernelAddress.FromIPAddress(new IPAddress(address), number));

    private static Gen<ProxyHeader> Pair(Gen<KernelAddress> address) =>
        address.SelectMany(_ => address, (source, destination) => new ProxyHeader(source, destination));
}
