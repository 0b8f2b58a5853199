namespace Weir.Cli.Output;

/// <summary>Lines for people, and on a terminal one last line that is written over. From any thread.</summary>
/// <param name="useStandardError">For a command whose standard output belongs to data.</param>
internal sealed class StatusLine(bool useStandardError = false)
{
    private const string ClearLine = "\r\u001b[K";

    private readonly TextWriter _output = useStandardError ? Console.Error : Console.Out;
    private readonly Lock _lock = new();
    private bool _isShown;

    /// <summary>Whether there is somebody to look at it. Among data on the same terminal it would only be in the way.</summary>
    public bool IsSeen { get; } = useStandardError ? Console.IsOutputRedirected && !Console.IsErrorRedirected : !Console.IsOutputRedirected;

    /// <summary>Shows a status instead of the one before.</summary>
    /// <param name="text">Without its end where the window is too narrow: a line that wraps cannot be written over.</param>
    public void Show(string text)
    {
        int width = Console.WindowWidth;
        lock (_lock)
        {
            _output.Write($"{ClearLine}{(width > 0 && text.Length >= width ? text[..(width - 1)] : text)}");
            _isShown = true;
        }
    }

    public void Line(string text) => Write(_output, text);

    public void Error(string text) => Write(Console.Error, text);

    private void Write(TextWriter writer, string text)
    {
        lock (_lock)
        {
            if (_isShown)
                _output.Write(ClearLine);
            _isShown = false;
            writer.WriteLine(text);
        }
    }
}
