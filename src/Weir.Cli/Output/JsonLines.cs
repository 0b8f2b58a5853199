using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Linux;

namespace Weir.Cli.Output;

/// <summary>Writes objects to standard output, one per line, from any thread.</summary>
/// <param name="types">Those of the objects.</param>
/// <param name="useStandardError">For a command whose standard output belongs to data.</param>
internal sealed class JsonLines(JsonSerializerContext types, bool useStandardError = false)
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
            if (_lost.Task.IsCompleted)
                return;
            Errno failed = useStandardError ? StandardOutput.WriteError(bytes) : StandardOutput.Write(bytes);
            if (failed is not Errno.None)
                _lost.SetResult(failed);
        }
    }
}
