using System.IO.Compression;
using System.Xml.Linq;

namespace Weir.EndToEnd.Packages;

/// <summary>A file that <c>dotnet pack</c> made, opened: what lies in it, and what it says about itself.</summary>
internal sealed class Package : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly XElement _metadata;

    public Package(string path)
    {
        _archive = ZipFile.OpenRead(path);
        Entries = [.. _archive.Entries.Select(entry => entry.FullName)];
        string nuspec = Entries.Single(entry => entry.EndsWith(".nuspec", StringComparison.Ordinal));
        using Stream text = _archive.GetEntry(nuspec)!.Open();
        _metadata = Child(XDocument.Load(text).Root!, "metadata")!;
    }

    public string[] Entries { get; }

    /// <summary>The assemblies of this repository that lie in it.</summary>
    public string[] Assemblies => [.. Entries.Where(entry => entry.EndsWith(".dll", StringComparison.Ordinal) && IsOurs(entry))];

    /// <summary>Name and version of each dependency, as they are written.</summary>
    public string[] Dependencies =>
        [.. _metadata.Descendants().Where(IsNamed("dependency")).Select(one => $"{(string?)one.Attribute("id")} {(string?)one.Attribute("version")}")];

    public string[] FrameworkReferences =>
        [.. _metadata.Descendants().Where(IsNamed("frameworkReference")).Select(one => (string)one.Attribute("name")!)];

    /// <summary>A field of the nuspec; null when it is not there.</summary>
    public string? Field(string name) => Child(_metadata, name)?.Value;

    public string? Attribute(string field, string name) => (string?)Child(_metadata, field)?.Attribute(name);

    public byte[] Read(string entry)
    {
        using Stream stream = _archive.GetEntry(entry)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose() => _archive.Dispose();

    private static bool IsOurs(string entry) => Path.GetFileName(entry).StartsWith("Weir", StringComparison.Ordinal);

    private static XElement? Child(XElement parent, string name) => parent.Elements().SingleOrDefault(IsNamed(name));

    // Their namespace differs with what they use of the format.
    private static Func<XElement, bool> IsNamed(string name) => element => element.Name.LocalName == name;
}
