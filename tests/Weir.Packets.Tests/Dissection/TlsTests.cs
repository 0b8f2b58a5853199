using Weir.Packets.Dissection;
using Weir.Packets.Tests.Samples;
using Xunit;
using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Dissection;

public sealed class TlsTests
{
    [Fact]
    public void AClientHello_TellsServerAndProtocols()
    {
        TlsRecords tls = Dissect(FrameSamples.ClientHello)!;

        Assert.Equal("www.example.org", tls.ServerName);
        Assert.Equal(["h2", "http/1.1"], tls.ApplicationProtocols);
        Assert.Equal((TlsContentType.Handshake, TlsHandshakeType.ClientHello), (tls.Records[0].Type, tls.Records[0].Handshake));
    }

    [Fact]
    public void SeveralRecords_AreNamed()
    {
        TlsRecords tls = Dissect(Hex("16 0303 0004 0e000000  14 0303 0001 01  16 0303 0008 ff12345678901234  17 0303 4000 aabb"))!;

        Assert.Equal(
            [
                new(TlsContentType.Handshake, 4, TlsHandshakeType.ServerHelloDone), new(TlsContentType.ChangeCipherSpec, 1, null),
                new(TlsContentType.Handshake, 8, null), new TlsRecord(TlsContentType.ApplicationData, 0x4000, null),
            ],
            tls.Records);
    }

    [Theory]
    [InlineData("474554202f2048")]
    [InlineData("16 0203 0004 0e000000")]
    [InlineData("16 0303 ffff 0e000000")]
    [InlineData("16 0303 0000")]
    [InlineData("16 03")]
    public void OtherBytes_AreNoTls(string hex) => Assert.Null(Dissect(Hex(hex)));

    [Fact]
    public void AServerName_IsMadeHarmless() =>
        Assert.Equal("a\\x1b[2Jb", Dissect(FrameSamples.MakeClientHello("a\u001b[2Jb"))!.ServerName);

    private static TlsRecords? Dissect(byte[] payload) =>
        Packet.Dissect(Frame(Ipv4(6, Tcp(40000, 443, payload: payload)), LinkType.Raw)).Tls;
}
