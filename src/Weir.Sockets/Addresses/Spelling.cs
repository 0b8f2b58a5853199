namespace Weir.Sockets;

/// <summary>Finds the word that somebody probably meant.</summary>
internal static class Spelling
{
    private const int MaxWordChars = 24;

    /// <summary>
    /// The candidate at the smallest edit distance, and of several the one that begins most like the word; null when none is near, that
    /// is when more than a third of its letters differ.
    /// </summary>
    internal static string? Nearest(ReadOnlySpan<char> word, IEnumerable<string> candidates)
    {
        if (word.IsEmpty || word.Length > MaxWordChars) return null;
        string? nearest = null;
        var nearestRank = (Distance: int.MaxValue, Difference: int.MaxValue);
        foreach (string candidate in candidates)
        {
            if (candidate.Length > MaxWordChars) continue;
            int distance = Distance(word, candidate);
            if (distance > Math.Max(1, candidate.Length / 3)) continue;
            var rank = (distance, -word.CommonPrefixLength(candidate));
            int order = rank.CompareTo(nearestRank);
            if (order > 0 || (order == 0 && string.CompareOrdinal(candidate, nearest) > 0)) continue;
            nearest = candidate;
            nearestRank = rank;
        }

        return nearest;
    }

    // Levenshtein's distance with neighbours that changed places counted as one edit; case does not count.
    private static int Distance(ReadOnlySpan<char> word, string candidate)
    {
        Span<int> rowBefore = stackalloc int[MaxWordChars + 1];
        Span<int> row = stackalloc int[MaxWordChars + 1];
        Span<int> next = stackalloc int[MaxWordChars + 1];
        for (int column = 0; column <= candidate.Length; column++) row[column] = column;
        for (int i = 1; i <= word.Length; i++)
        {
            next[0] = i;
            for (int j = 1; j <= candidate.Length; j++)
            {
                int edits = Math.Min(row[j - 1] + (IsSame(word[i - 1], candidate[j - 1]) ? 0 : 1), 1 + Math.Min(row[j], next[j - 1]));
                bool isSwap = i > 1 && j > 1 && IsSame(word[i - 1], candidate[j - 2]) && IsSame(word[i - 2], candidate[j - 1]);
                next[j] = isSwap ? Math.Min(edits, rowBefore[j - 2] + 1) : edits;
            }

            Span<int> free = rowBefore;
            rowBefore = row;
            row = next;
            next = free;
        }

        return row[candidate.Length];
    }

    private static bool IsSame(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
