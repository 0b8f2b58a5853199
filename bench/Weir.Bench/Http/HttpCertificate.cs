using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Bench;

/// <summary>One certificate of P-256 for all servers of a run.</summary>
internal static class HttpCertificate
{
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(2);

    public static async Task WriteAsync(HttpPlace place, CancellationToken cancel)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now - s_validity, now + s_validity);
        await File.WriteAllTextAsync(place.CertificatePath, certificate.ExportCertificatePem(), cancel);
        await File.WriteAllTextAsync(place.KeyPath, key.ExportPkcs8PrivateKeyPem(), cancel);
    }
}
