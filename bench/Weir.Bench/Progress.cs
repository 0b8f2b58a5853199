namespace Weir.Bench;

/// <summary>Says what goes on to somebody who watches, and nothing to a file or pipe.</summary>
internal static class Progress
{
    public static void Say(string text)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine(text);
    }
}
