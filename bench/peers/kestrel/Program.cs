// Every ASP.NET Core peer: one application, and the transport below it as the second argument says.
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Bench.Peers.KestrelPeer;

const int CertificateArguments = 4;

if (args.Length is not (2 or CertificateArguments) || !Uri.TryCreate(args[0], UriKind.Absolute, out Uri? url))
{
    Console.Error.WriteLine($"usage: KestrelPeer http|h2c|https://ADDRESS:PORT {string.Join('|', Transports.Names)} [CERTIFICATE.pem KEY.pem]");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPEndPoint.Parse(url.Authority), Configure));
Transports.Use(builder.WebHost, args[1]);

WebApplication app = builder.Build();
app.Run(Answers.AnswerAsync);
await app.RunAsync();
return 0;

void Configure(ListenOptions endpoint)
{
    endpoint.Protocols = url.Scheme == "h2c" ? HttpProtocols.Http2 : HttpProtocols.Http1;
    if (args.Length == CertificateArguments)
        endpoint.UseHttps(X509Certificate2.CreateFromPemFile(args[2], args[3]));
}
