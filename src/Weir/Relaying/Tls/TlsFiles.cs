using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Sockets;

namespace Weir;

/// <summary>Reads what a relay's TLS needs, once, when it starts.</summary>
internal static class TlsFiles
{
    /// <summary>How a listening side answers.</summary>
    /// <exception cref="IOException">A file cannot be read, or is not what it should be.</exception>
    public static SslServerAuthenticationOptions ForListening(TlsParameters parameters)
    {
        string certificatePath = parameters.CertificatePath!;
        X509Certificate2Collection chain = Read("cert", certificatePath, ReadAll);
        X509Certificate2 certificate = Read(
            "key", parameters.KeyPath ?? certificatePath, path => X509Certificate2.CreateFromPemFile(certificatePath, path));
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
        };
    }

    /// <summary>How a connecting side asks.</summary>
    /// <exception cref="IOException">A file cannot be read, or is not what it should be.</exception>
    public static SslClientAuthenticationOptions ForConnecting(TlsParameters parameters, SocketUrl url)
    {
        // Nothing is fetched while somebody waits: neither certificates that a server forgot to send nor lists of revoked ones.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (parameters.AuthoritiesPath is { } path)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Read("ca", path, ReadAll));
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = parameters.ServerName ?? url.Host,
            CertificateChainPolicy = policy,
#pragma warning disable CA5359 // the whole point of verify=off, which nobody has without asking for it
            RemoteCertificateValidationCallback = parameters.Verifies ? null : (_, _, _, _) => true,
#pragma warning restore CA5359
        };
    }

    private static X509Certificate2Collection ReadAll(string path)
    {
        X509Certificate2Collection certificates = [];
        certificates.ImportFromPemFile(path);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("there is no certificate in it");
    }

    private static T Read<T>(string parameter, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{parameter} {path}: there is no such file", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"{parameter} {path}: this user may not read it", failure);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new IOException($"{parameter} {path}: {failure.Message.ReplaceLineEndings(" ")}; expected PEM", failure);
        }
    }
}
