using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Samples;

/// <summary>samples/Https, driven by curl and openssl.</summary>
public sealed class HttpsTests
{
    private const string Cipher = "TLS_[A-Z0-9_]+";

    [RequiresProgramFact("curl", "curl")]
    public async Task Curl_ChoosesTheProtocolByAlpn()
    {
        await using RunningProgram server = SampleProgram.Start("Https", "--urls=https://127.0.0.1:0");
        Uri url = await SampleProgram.UrlOf(server);

        Assert.Matches($"^HTTP/2 in Tls13, {Cipher}\n2$", (await CurlAsync("--http2", "-k", $"{url}")).Output);
        Assert.Matches($"^HTTP/1.1 in Tls13, {Cipher}\n1.1$", (await CurlAsync("--http1.1", "-k", $"{url}")).Output);
        Assert.Matches($"^HTTP/2 in Tls12, {Cipher}\n2$", (await CurlAsync("--http2", "--tls-max", "1.2", "-k", $"{url}")).Output);
    }

    [RequiresProgramFact("openssl", "openssl")]
    public async Task Openssl_SpeaksWithIt()
    {
        await using RunningProgram server = SampleProgram.Start("Https", "--urls=https://127.0.0.1:0");
        string address = $"127.0.0.1:{(await SampleProgram.UrlOf(server)).Port}";

        Finished http1 = await OpensslAsync(address, "-alpn", "http/1.1");
        Assert.Contains("ALPN protocol: http/1.1\n", http1.Output, StringComparison.Ordinal);
        Assert.Contains("CN = localhost", http1.Output, StringComparison.Ordinal);
        Assert.Matches($"HTTP/1.1 in Tls13, {Cipher}\n", http1.Output);
        // One that does not know ALPN speaks HTTP/1.1.
        Finished without = await OpensslAsync(address);
        Assert.Contains("No ALPN negotiated\n", without.Output, StringComparison.Ordinal);
        Assert.Matches($"HTTP/1.1 in Tls13, {Cipher}\n", without.Output);
    }

    [RequiresProgramsFact("curl", "openssl")]
    public async Task ACertificateOfTheConfiguration_IsShown()
    {
        using var folder = new TemporaryFolder();
        await MakeCertificateAsync(folder);
        await using RunningProgram server = SampleProgram.Start(
            "Https",
            "--urls=https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={folder.File("site.crt")}",
            $"--Kestrel:Certificates:Default:KeyPath={folder.File("site.key")}");
        Uri url = await SampleProgram.UrlOf(server);

        // No -k: who it is gets checked against the file.
        Assert.Matches("^HTTP/2 in Tls13", (await CurlAsync("--cacert", folder.File("site.crt"), $"{url}")).Output);
    }

    [RequiresProgramFact("curl", "curl")]
    public async Task TheCertificateOfTheStart_IsTrustedByNobody()
    {
        const int CannotBeVerified = 60;
        await using RunningProgram server = SampleProgram.Start("Https", "--urls=https://127.0.0.1:0");
        Uri url = await SampleProgram.UrlOf(server);

        Assert.Equal(CannotBeVerified, (await new Run("curl", "-sS", $"{url}").ToEnd()).ExitCode);
    }

    private static async Task<Finished> CurlAsync(params string[] arguments) =>
        (await new Run("curl", ["-sS", "-w", "%{http_version}", .. arguments]).ToEnd()).Succeeded();

    // Kestrel sends no close_notify, on no transport.
    private static async Task<Finished> OpensslAsync(string address, params string[] arguments) =>
        (await new Run("openssl", ["s_client", "-connect", address, "-servername", "localhost", "-ign_eof", "-ignore_unexpected_eof", .. arguments])
        {
            Input = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        }.ToEnd()).Succeeded();

    private static async Task MakeCertificateAsync(TemporaryFolder folder) => (await new Run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.File("site.key"), "-out", folder.File("site.crt")).ToEnd()).Succeeded();
}
