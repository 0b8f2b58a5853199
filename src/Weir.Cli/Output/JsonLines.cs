using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Linux;

namespace Weir.Cli.Output;

/// <summary>Writes objects to standard output, one per line, from any thread.</summary>
internal sealed class JsonLines(JsonSerializerContext types)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Errno> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends, with the reason, when a line could not be written; EPIPE when the reader has gone.</summary>
    public Task<Errno> Lost => _lost.Task;

    public void Write<T>(T line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, typeof(T), types), (byte)'\n'];
        lock (_lock)
        {
            if (!_lost.Task.IsCompleted && StandardOutput.Write(bytes) is var failed and not Errno.None)
                _lost.SetResult(failed);
        }
    }
}
