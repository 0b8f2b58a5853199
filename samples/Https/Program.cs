// HTTPS on Weir's loops, in HTTP/2 or HTTP/1.1 as the client and ALPN have it. Try it with `curl -k https://localhost:5001`.
//
// The certificate is made at the start, and nobody trusts it: hence -k. Your own one comes from the configuration:
//   dotnet run --project samples/Https -- --Kestrel:Certificates:Default:Path=site.crt --Kestrel:Certificates:Default:KeyPath=site.key
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Configuration["urls"] ??= "https://localhost:5001";
builder.WebHost.UseWeir();
if (!builder.Configuration.GetSection("Kestrel:Certificates:Default").Exists())
    builder.WebHost.ConfigureKestrel(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = OwnCertificate.Create("localhost")));

WebApplication app = builder.Build();
app.MapGet("/", (HttpContext context) =>
{
    ITlsHandshakeFeature tls = context.Features.GetRequiredFeature<ITlsHandshakeFeature>();
    return $"{context.Request.Protocol} in {tls.Protocol}, {tls.NegotiatedCipherSuite}\n";
});
app.Run();
