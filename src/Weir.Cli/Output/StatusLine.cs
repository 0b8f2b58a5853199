namespace Weir.Cli.Output;

/// <summary>Lines for people, and on a terminal one last line that is written over. From any thread.</summary>
internal sealed class StatusLine
{
    private const string ClearLine = "\r\u001b[K";

    private readonly Lock _lock = new();
    private bool _isShown;

    /// <summary>Whether there is somebody to look at it.</summary>
    public bool IsSeen { get; } = !Console.IsOutputRedirected;

    /// <summary>Shows a status instead of the one before.</summary>
    /// <param name="text">Without its end where the window is too narrow: a line that wraps cannot be written over.</param>
    public void Show(string text)
    {
        int width = Console.WindowWidth;
        lock (_lock)
        {
            Console.Write($"{ClearLine}{(width > 0 && text.Length >= width ? text[..(width - 1)] : text)}");
            _isShown = true;
        }
    }

    public void Line(string text) => Write(Console.Out, text);

    public void Error(string text) => Write(Console.Error, text);

    private void Write(TextWriter writer, string text)
    {
        lock (_lock)
        {
            if (_isShown)
                Console.Write(ClearLine);
            _isShown = false;
            writer.WriteLine(text);
        }
    }
}
