using System.Globalization;

namespace Weir.Cli.Capturing;

/// <summary>The processes that this one has started, and those that they started. For one thread.</summary>
internal sealed class Descendants
{
    private const int MaxGenerations = 64;

    private readonly HashSet<int> _known = [];

    public bool Contain(int processId)
    {
        if (_known.Contains(processId))
            return true;
        int ancestor = processId;
        for (int i = 0; i < MaxGenerations && ancestor > 1; i++)
        {
            ancestor = ParentOf(ancestor);
            if (ancestor == Environment.ProcessId)
                return _known.Add(processId);
        }

        return false;
    }

    // proc(5): the name stands in parentheses and may contain anything; the state and the parent follow.
    private static int ParentOf(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
