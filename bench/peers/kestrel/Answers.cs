using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Bench.Peers.KestrelPeer;

/// <summary>The application, the same on every transport.</summary>
internal static class Answers
{
    private const int Sixteen = 16 * 1024;
    private const int Mebibyte = 1024 * 1024;
    private const byte Filler = (byte)'x';

    private static readonly byte[] s_hello = "Hello, World!"u8.ToArray();
    private static readonly byte[] s_sixteenKibibytes = Filled(Sixteen);
    private static readonly byte[] s_oneMebibyte = Filled(Mebibyte);

    public static Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/plaintext" => WriteAsync(context.Response, s_hello),
        "/16k" => WriteAsync(context.Response, s_sixteenKibibytes),
        "/1m" => WriteAsync(context.Response, s_oneMebibyte),
        "/upload" => CountAsync(context),
        _ => NotFoundAsync(context.Response),
    };

    private static Task WriteAsync(HttpResponse response, byte[] body)
    {
        response.ContentType = "text/plain";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length);
    }

    private static async Task CountAsync(HttpContext context)
    {
        PipeReader body = context.Request.BodyReader;
        long countBytes = 0;
        ReadResult read;
        do
        {
            read = await body.ReadAsync();
            countBytes += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
        await WriteAsync(context.Response, Encoding.ASCII.GetBytes(countBytes.ToString(CultureInfo.InvariantCulture)));
    }

    private static Task NotFoundAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static byte[] Filled(int sizeBytes)
    {
        byte[] body = new byte[sizeBytes];
        Array.Fill(body, Filler);
        return body;
    }
}
