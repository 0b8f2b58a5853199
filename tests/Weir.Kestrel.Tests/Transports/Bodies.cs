using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>What applications of tests do with bodies.</summary>
internal static class Bodies
{
    /// <summary>Reads the whole request piece by piece, and answers with its hash.</summary>
    public static async Task HashAsync(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        PipeReader body = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                hash.AppendData(piece.Span);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
            await Task.Yield();
        }

        await context.Response.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>As <see cref="HashAsync"/> answers.</summary>
    public static string HashOf(byte[] body) => Convert.ToHexString(SHA256.HashData(body));

    /// <summary>Sends what it reads.</summary>
    public static Task EchoAsync(HttpContext context) => context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
}
