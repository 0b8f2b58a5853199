namespace Weir.Sockets;

/// <summary>Finds the word that somebody probably meant.</summary>
internal static class Spelling
{
    private const int MaxWordChars = 24;

    /// <summary>The candidate at the smallest edit distance, or null when none is near (at most a third of its letters differ).</summary>
    internal static string? Nearest(ReadOnlySpan<char> word, IEnumerable<string> candidates)
    {
        if (word.IsEmpty || word.Length > MaxWordChars) return null;
        string? nearest = null;
        int nearestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            if (candidate.Length > MaxWordChars) continue;
            int distance = Distance(word, candidate);
            if (distance > Math.Max(1, candidate.Length / 3) || distance >= nearestDistance) continue;
            nearest = candidate;
            nearestDistance = distance;
        }

        return nearest;
    }

    // Levenshtein's distance, one row at a time; case does not count.
    private static int Distance(ReadOnlySpan<char> word, string candidate)
    {
        Span<int> row = stackalloc int[MaxWordChars + 1];
        for (int column = 0; column <= candidate.Length; column++) row[column] = column;
        for (int i = 0; i < word.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int column = 1; column <= candidate.Length; column++)
            {
                bool same = char.ToLowerInvariant(word[i]) == char.ToLowerInvariant(candidate[column - 1]);
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, 1 + Math.Min(row[column], row[column - 1]));
            }
        }

        return row[candidate.Length];
    }
}
