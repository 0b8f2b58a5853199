using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>Certificates of this process, each signed by itself.</summary>
internal static class Certificates
{
    /// <summary>What a TLS server proves with.</summary>
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>What a TLS client proves with.</summary>
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>For localhost and 127.0.0.1.</summary>
    public static X509Certificate2 Server { get; } = Make("localhost", ServerUse);

    /// <summary>For other.test, which a server chooses by the name that its client asks for.</summary>
    public static X509Certificate2 Other { get; } = Make("other.test", ServerUse);

    public static X509Certificate2 Client { get; } = Make("client", ClientUse);

    private static X509Certificate2 Make(string name, string use)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }
}
