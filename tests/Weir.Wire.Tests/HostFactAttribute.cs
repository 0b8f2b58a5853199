using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests;

/// <summary>
/// A fact that makes hosts. Where this process may not, it is skipped: <see cref="Hosts.OrdinaryUserTests"/> then runs it in a user namespace.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    private static readonly bool s_canCreate = Namespaces.CanCreateHosts;

    /// <summary>For what becomes an ordinary user by itself.</summary>
    public bool NeedsRoot
    {
        get => false;
        set
        {
            if (value && (!Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("WEIR_TEST_AS_USER") == "1"))
                Skip = "needs root, to run as another user";
        }
    }

    /// <param name="programs">As of <see cref="RequiresProgramsFactAttribute"/>: <c>ss=iproute2</c>.</param>
    public HostFactAttribute(params string[] programs)
    {
        ArgumentNullException.ThrowIfNull(programs);
        if (!s_canCreate)
            Skip = "needs CAP_SYS_ADMIN; run once more in a user namespace by OrdinaryUserTests";
        foreach (string[] words in programs.Select(program => program.Split('=')))
        {
            if (Skip is null && Run.Find(words[0]) is null)
                Skip = $"needs {words[0]} (apt install {words[^1]})";
        }
    }
}
