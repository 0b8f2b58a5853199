namespace Weir.Bench;

/// <summary>Where a server listens, and the folder with what it needs.</summary>
internal sealed record HttpPlace(string Scheme, int Port, string Folder)
{
    public string Url => $"{Scheme}://127.0.0.1:{Port}";

    /// <summary>For whoever looks whether somebody listens.</summary>
    public string Address => $"tcp://127.0.0.1:{Port}";

    /// <summary>For clients, who know HTTP/2 without TLS by an option.</summary>
    public string ClientUrl => Scheme == "h2c" ? $"http://127.0.0.1:{Port}" : Url;

    public string CertificatePath => Path.Combine(Folder, "certificate.pem");

    public string KeyPath => Path.Combine(Folder, "key.pem");

    public string ConfigPath => Path.Combine(Folder, "config");
}

/// <summary>A server to measure: how it is started for a place, and what makes it what it is.</summary>
internal sealed record HttpPeer(string Name, string Description, Func<HttpPlace, string[]> CommandFor)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The text of the file at <see cref="HttpPlace.ConfigPath"/>, for those who need one.</summary>
    public Func<HttpPlace, string>? ConfigFor { get; init; }

    /// <summary>The file that has to be there, for those that are built here.</summary>
    public string? Program { get; init; }

    /// <summary>The Debian package, for those that are not.</summary>
    public string? Package { get; init; }

    /// <summary>Workloads that it can't take part in, and why.</summary>
    public IReadOnlyDictionary<string, string> Cannot { get; init; } = new Dictionary<string, string>();
}
