using Weir.Linux;

namespace Weir.Cli.Capturing;

/// <summary>Standard output takes no more. A pipe whose reader has gone ends a command in silence.</summary>
internal sealed class OutputLostException(Errno errno) : IOException($"standard output: {errno}")
{
    public bool IsReaderGone => errno is Errno.EPIPE;
}
