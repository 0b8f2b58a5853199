using Microsoft.AspNetCore.Hosting;
using Xunit.Abstractions;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>What a test of the behaviour suite runs on: ASP.NET Core's own transport, or ours with an engine and a scheduling.</summary>
public sealed record TransportCase : IXunitSerializable
{
    private bool _isConfiguredElsewhere;

    public TransportCase()
    {
    }

    private TransportCase(LoopEngine engine, LoopScheduling scheduling) => (IsOurs, Engine, Scheduling) = (true, engine, scheduling);

    public static TransportCase Default { get; } = new();

    /// <summary>Ours, as the configuration has it.</summary>
    public static TransportCase Unconfigured { get; } = new() { IsOurs = true, _isConfiguredElsewhere = true };

    public bool IsOurs { get; private set; }

    public LoopEngine Engine { get; private set; }

    public LoopScheduling Scheduling { get; private set; }

    public bool IsInline => IsOurs && Scheduling == LoopScheduling.Inline;

    // Where this process may not use it, Weir.Tests say why.
    private static readonly Lazy<bool> s_hasUring = new(() =>
    {
        LoopGroup tried = new(1, new LoopOptions { Engine = LoopEngine.Uring });
        tried.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return tried.EngineRefusal is null;
    });

    /// <summary>The default transport, and ours on every engine with both schedulings.</summary>
    public static IEnumerable<TransportCase> All =>
    [
        Default,
        .. from engine in Enum.GetValues<LoopEngine>().Where(engine => engine != LoopEngine.Auto && (engine != LoopEngine.Uring || s_hasUring.Value))
           from scheduling in Enum.GetValues<LoopScheduling>()
           select new TransportCase(engine, scheduling),
    ];

    /// <summary>Four of them.</summary>
    public static IEnumerable<TransportCase> Few =>
    [
        Default,
        new(LoopEngine.Epoll, LoopScheduling.ThreadPool),
        new(LoopEngine.Epoll, LoopScheduling.Inline),
        new(LoopEngine.Poll, LoopScheduling.ThreadPool),
    ];

    public void Apply(IWebHostBuilder host)
    {
        if (IsOurs)
            host.UseWeir(Apply);
    }

    public void Apply(WeirTransportOptions options)
    {
        if (!_isConfiguredElsewhere)
            (options.Engine, options.Scheduling) = (Engine, Scheduling);
    }

    public override string ToString() => IsOurs ? $"{Engine} {Scheduling}" : "default";

    public void Deserialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        IsOurs = info.GetValue<bool>(nameof(IsOurs));
        Engine = info.GetValue<LoopEngine>(nameof(Engine));
        Scheduling = info.GetValue<LoopScheduling>(nameof(Scheduling));
    }

    public void Serialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(IsOurs), IsOurs);
        info.AddValue(nameof(Engine), Engine);
        info.AddValue(nameof(Scheduling), Scheduling);
    }
}
