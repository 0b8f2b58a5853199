using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Weir.Kestrel.Tests.Middleware;

/// <summary>Stands between the transport and the server, as TLS does: the server gets a transport of its own, and the first one comes back.</summary>
internal sealed class XorTransport : IDuplexPipe
{
    private readonly XorStream _input;
    private readonly XorStream _output;

    private XorTransport(IDuplexPipe inner, byte key)
    {
        _input = new XorStream(inner.Input.AsStream(leaveOpen: true), key);
        _output = new XorStream(inner.Output.AsStream(leaveOpen: true), key);
        Input = PipeReader.Create(_input);
        Output = PipeWriter.Create(_output);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public long ReadBytes => _input.Bytes;

    public long WrittenBytes => _output.Bytes;

    public static async Task RunAsync(ConnectionContext connection, byte key, ConnectionDelegate next, Action<XorTransport>? done = null)
    {
        IDuplexPipe first = connection.Transport;
        var own = new XorTransport(first, key);
        connection.Transport = own;
        try
        {
            await next(connection);
            await own.Input.CompleteAsync();
            await own.Output.CompleteAsync();
        }
        finally
        {
            connection.Transport = first;
        }

        done?.Invoke(own);
    }
}
