using Xunit;

namespace Weir.Testing;

/// <summary>A fact that is skipped, with the reason, where one of several programs that it needs is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresProgramsFactAttribute : FactAttribute
{
    /// <param name="programs">
    /// Their names, looked up in PATH, each with the Debian package that brings it, where that has another name: <c>ss=iproute2</c>.
    /// </param>
    public RequiresProgramsFactAttribute(params string[] programs)
    {
        ArgumentNullException.ThrowIfNull(programs);
        foreach (string[] words in programs.Select(program => program.Split('=')))
        {
            if (Skip is null && Run.Find(words[0]) is null)
                Skip = $"needs {words[0]} (apt install {words[^1]})";
        }
    }
}
