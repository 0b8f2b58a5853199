namespace Weir.Cli.Output;

/// <summary>What did not arrive, or not whole, for people: the end of a line of numbers.</summary>
internal static class Losses
{
    /// <summary>Nothing, when there is nothing to tell.</summary>
    /// <param name="dropped">Datagrams that the kernel dropped.</param>
    /// <param name="cut">Datagrams and messages without their end.</param>
    public static string Describe(long dropped, long cut)
    {
        string text = dropped > 0 ? $", {Quantity.Count(dropped)} dropped by the full receive buffer" : "";
        return cut > 0 ? $"{text}, {Quantity.Count(cut)} cut" : text;
    }
}
