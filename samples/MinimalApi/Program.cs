// An ASP.NET Core application on Weir's loops: one line more than without.
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseWeir();

WebApplication app = builder.Build();
app.MapGet("/", () => "hello\n");
app.MapGet("/socket", (HttpContext context) =>
{
    // What the kernel knows about the connection that the request came on.
    ISocketInfoFeature socket = context.Features.GetRequiredFeature<ISocketInfoFeature>();
    return new { rttUs = socket.TcpInfo?.RttUs, socket.ReceivedBytes, socket.SentBytes };
});
app.Run();
