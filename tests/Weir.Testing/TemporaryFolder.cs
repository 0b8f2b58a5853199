namespace Weir.Testing;

/// <summary>A folder of its own for one test, deleted with everything in it. Its path is short enough for a unix socket.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("weir-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
