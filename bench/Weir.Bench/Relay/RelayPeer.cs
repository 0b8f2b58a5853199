namespace Weir.Bench;

/// <summary>Where a relay listens, where it connects, and where its configuration is.</summary>
internal sealed record RelayRoute(int FromPort, int ToPort, string ConfigPath)
{
    public string From => $"tcp://127.0.0.1:{FromPort}";

    public string To => $"tcp://127.0.0.1:{ToPort}";
}

/// <summary>A relay to measure: how it is started for a route, and what makes it what it is.</summary>
internal sealed record RelayPeer(string Name, string Description, Func<RelayRoute, string[]> CommandFor)
{
    /// <summary>The text of the file at <see cref="RelayRoute.ConfigPath"/>, for those who need one.</summary>
    public Func<RelayRoute, string>? ConfigFor { get; init; }

    /// <summary>Prints the version of a program that has to be installed.</summary>
    public string[]? VersionCommand { get; init; }

    /// <summary>The file that has to be there, for those that are built here.</summary>
    public string? Program { get; init; }
}
