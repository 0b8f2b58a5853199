using Xunit;

namespace Weir.Testing;

/// <summary>A fact that is skipped, with the reason, where a program that it needs is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresProgramFactAttribute : FactAttribute
{
    /// <param name="program">The program's name, looked up in PATH.</param>
    /// <param name="package">The Debian package that brings it.</param>
    public RequiresProgramFactAttribute(string program, string package)
    {
        if (Run.Find(program) is null)
            Skip = $"needs {program} (apt install {package})";
    }
}
