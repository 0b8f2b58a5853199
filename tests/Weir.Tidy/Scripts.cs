using System.Runtime.Versioning;
using Weir.Testing;

[assembly: SupportedOSPlatform("linux")]

namespace Weir.Tidy;

/// <summary>The scripts without an extension: those of the root and of .ci.</summary>
internal static class Scripts
{
    public static IEnumerable<SourceFile> All() =>
        SourceFile.Under(["", ".ci"], "").Where(file => file.Lines[0].StartsWith("#!", StringComparison.Ordinal));

    public static bool IsExecutable(SourceFile script) =>
        File.GetUnixFileMode(Repository.At(script.Path)).HasFlag(UnixFileMode.UserExecute);
}
