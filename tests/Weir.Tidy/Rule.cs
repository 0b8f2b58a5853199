using Xunit.Sdk;

namespace Weir.Tidy;

internal static class Rule
{
    /// <summary>Fails with every finding, file and line first, and with what to do about them.</summary>
    public static void Holds(string remedy, IEnumerable<Finding> findings)
    {
        Finding[] all = [.. findings];
        if (all.Length > 0)
            throw new XunitException($"{remedy}\n{string.Join('\n', all.AsEnumerable())}");
    }
}
