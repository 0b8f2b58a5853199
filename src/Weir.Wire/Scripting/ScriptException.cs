namespace Weir.Wire;

/// <summary>Something else has happened than the script expects: what was expected, what came, and the exchange so far, a line for each segment.</summary>
public sealed class ScriptException : Exception
{
    internal ScriptException(string expected, string got, IReadOnlyList<string> exchange)
        : base($"expected {expected}; {got}\n{string.Join('\n', exchange)}")
    {
        Expected = expected;
        Got = got;
        Exchange = exchange;
    }

    public string Expected { get; }

    public string Got { get; }

    public IReadOnlyList<string> Exchange { get; }
}
