using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Tests.Relaying.Tls;

/// <summary>Each side tells its end while the other is still being read: through TLS on both sides of two relays, no byte gets lost.</summary>
public sealed class HalfCloseTests : IDisposable
{
    private const int Workers = 8;
    private const int ConnectionsEach = 40;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(LoopScheduling.Inline)]
    [InlineData(LoopScheduling.ThreadPool)]
    public async Task ManyShortConversations_AreAllAnswered(LoopScheduling scheduling)
    {
        WriteCertificate();
        await using var loops = new LoopGroup(count: 2, new LoopOptions { Scheduling = scheduling });
        await using Server echo = await Server.StartAsync(
            new ServerOptions { Urls = [SocketUrl.Parse("tcp4://127.0.0.1:0")], Loops = loops }, StandardHandlers.Echo);
        await using Relay taking = await RelayAsync(
            loops, $"tcp4://127.0.0.1:0?tls=on&cert={_folder.File("cert")}&key={_folder.File("key")}", echo.Listeners[0].ToString());
        await using Relay making = await RelayAsync(
            loops, "tcp4://127.0.0.1:0", $"{taking.Listeners[0]}?tls=on&servername=localhost&ca={_folder.File("cert")}");
        int port = making.Listeners[0].LocalAddress.Port;

        string[][] answers = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => ConverseAsync(port))));

        Assert.All(answers.SelectMany(answer => answer), answer => Assert.Equal("hello", answer));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<Relay> RelayAsync(LoopGroup loops, string from, string to) => Relay.StartAsync(new RelayOptions
    {
        From = RelayEndpoint.Parse(from, RelaySide.From),
        To = [RelayEndpoint.Parse(to, RelaySide.To)],
        Loops = loops,
    });

    private static async Task<string[]> ConverseAsync(int port)
    {
        string[] answers = new string[ConnectionsEach];
        for (int i = 0; i < ConnectionsEach; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Deadline.Generous);
            await client.SendAsync("hello"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            var answer = new StringBuilder();
            byte[] buffer = new byte[100];
            while (await client.ReceiveAsync(buffer).WaitAsync(Deadline.Generous) is > 0 and int count)
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            answers[i] = answer.ToString();
        }

        return answers;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_folder.File("cert"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("key"), key.ExportPkcs8PrivateKeyPem());
    }
}
