namespace Weir.Cli.Output;

/// <summary>What the exit codes of every command mean.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>The command ran and found, or met, something wrong.</summary>
    public const int FoundWrong = 1;

    /// <summary>The command line or the environment does not allow it.</summary>
    public const int Usage = 2;
}
