// A server without HTTP: lines that one guest says go to all others. Try it with two of `socat - TCP4:127.0.0.1:5000`.
using Microsoft.AspNetCore.Connections;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseWeir();
builder.WebHost.ConfigureKestrel(options => options.ConfigureEndpointDefaults(listener => listener.UseConnectionHandler<Room>()));
builder.Services.AddSingleton<Room>();
builder.Build().Run();
