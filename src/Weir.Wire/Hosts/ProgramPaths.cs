namespace Weir.Wire;

/// <summary>Where programs are, and the one that makes others die with whoever started them.</summary>
internal static class ProgramPaths
{
    // ip(8) and its like are in folders that an ordinary user's PATH may lack.
    private static readonly string[] s_systemFolders = ["/usr/sbin", "/sbin"];

    /// <summary>
    /// What to write before a command, so that it is killed when the thread that started it ends, by whatever (PR_SET_PDEATHSIG): setpriv(1) asks for
    /// it between fork and exec. Empty where util-linux has none.
    /// </summary>
    public static string[] DyingWithItsParent { get; } = Find("setpriv") is string setpriv ? [setpriv, "--pdeathsig", "KILL", "--"] : [];

    /// <summary>The program's path; null when there is none.</summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? (File.Exists(program) ? program : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(s_systemFolders)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
