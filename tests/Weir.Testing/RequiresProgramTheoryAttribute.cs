using Xunit;

namespace Weir.Testing;

/// <summary>A theory that is skipped, with the reason, where a program that it needs is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresProgramTheoryAttribute : TheoryAttribute
{
    /// <param name="program">The program's name, looked up in PATH.</param>
    /// <param name="package">The Debian package that brings it.</param>
    public RequiresProgramTheoryAttribute(string program, string package)
    {
        if (Run.Find(program) is null)
            Skip = $"needs {program} (apt install {package})";
    }
}
