namespace Weir.Bench;

/// <summary>One line for the user. Exit 2 when the environment or the usage is at fault, 1 when a peer did something wrong.</summary>
internal sealed class BenchException(string message, int exitCode = BenchException.Environment) : Exception(message)
{
    public const int Wrong = 1;
    public const int Environment = 2;

    public int ExitCode => exitCode;
}
