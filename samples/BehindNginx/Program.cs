// An application behind nginx, which speaks with the world and passes requests on over a unix socket. The other half is nginx.conf:
//
//   mkdir -p /tmp/behind-nginx && dotnet run --project samples/BehindNginx
//   nginx -e stderr -p /tmp/behind-nginx -c "$PWD/samples/BehindNginx/nginx.conf"        and then:  curl http://127.0.0.1:8080
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Weir.Kestrel;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseWeir();

// Who can be at the other end is decided by the mode of the socket, and of the folder that it is in.
string socket = builder.Configuration["socket"] ?? "unix:///tmp/behind-nginx/application.sock?mode=0660";
builder.WebHost.ConfigureKestrel(options => options.Listen(new UrlEndPoint(socket)));

// nginx says who its client is; on a unix socket, which has no address, the middleware believes it.
builder.Services.Configure<ForwardedHeadersOptions>(options =>
    options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost);

WebApplication app = builder.Build();
app.UseForwardedHeaders();
app.MapGet("/", (HttpContext context) => new
{
    client = context.Connection.RemoteIpAddress?.ToString(),
    url = $"{context.Request.Scheme}://{context.Request.Host}",
    // What the kernel says, and nobody can forge: the worker of nginx that has opened the connection.
    nginx = context.Features.GetRequiredFeature<ISocketInfoFeature>().PeerCredentials,
    connection = context.Connection.Id,
});
app.MapPost("/checksum", async (Stream body) => $"{Convert.ToHexStringLower(await SHA256.HashDataAsync(body))}\n");
app.MapGet("/zeros/{mebibytes:int}", async (int mebibytes, HttpResponse response) =>
{
    byte[] mebibyte = new byte[1024 * 1024];
    response.ContentLength = (long)mebibytes * mebibyte.Length;
    for (int sent = 0; sent < mebibytes; sent++)
        await response.Body.WriteAsync(mebibyte);
});
app.MapGet("/ticks", (CancellationToken gone) => TypedResults.ServerSentEvents(Clock.TickAsync(gone)));
app.Run();
