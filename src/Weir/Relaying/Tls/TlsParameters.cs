namespace Weir;

/// <summary>What a relay's URL says about TLS; the files are read when the relay starts.</summary>
internal sealed record TlsParameters
{
    /// <summary>The chain, PEM; with the key as well when <see cref="KeyPath"/> is null.</summary>
    public string? CertificatePath { get; init; }

    public string? KeyPath { get; init; }

    /// <summary>The name that the server's certificate has to have, instead of the URL's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whom to trust instead of the machine's own list, PEM.</summary>
    public string? AuthoritiesPath { get; init; }

    public bool Verifies { get; init; } = true;
}
