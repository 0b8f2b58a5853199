using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weir.Kestrel;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts Kestrel, or whatever builds on ASP.NET Core's connections, onto Weir's loops.</summary>
public static class WeirWebHostBuilderExtensions
{
    /// <summary>Kestrel listens and connects through Weir. Everything else stays as it is.</summary>
    /// <param name="builder">The host, as <c>WebApplication.CreateBuilder(args).WebHost</c>.</param>
    /// <param name="configure">After the configuration's section <c>Weir</c> was read.</param>
    public static IWebHostBuilder UseWeir(this IWebHostBuilder builder, Action<WeirTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services => services.AddWeirTransport(configure));
    }

    /// <summary>The transport alone, for hosts of other servers that take <see cref="IConnectionListenerFactory"/> or <see cref="IConnectionFactory"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">After the configuration's section <c>Weir</c> was read.</param>
    public static IServiceCollection AddWeirTransport(this IServiceCollection services, Action<WeirTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // A plain container has no configuration, and needs none.
        services.AddSingleton<IConfigureOptions<WeirTransportOptions>>(static provider => new ConfigureOptions<WeirTransportOptions>(
            options => provider.GetService<IConfiguration>()?.GetSection(WeirTransportOptions.SectionName).Bind(options)));
        if (configure is not null)
            services.Configure(configure);
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<TransportLoops>();
        services.AddSingleton<TransportMetrics>();
        // The one that was registered last and can bind an endpoint is the one that Kestrel takes.
        services.AddSingleton<IConnectionListenerFactory, WeirListenerFactory>();
        services.AddSingleton<IConnectionFactory, WeirConnectionFactory>();
        return services;
    }
}
