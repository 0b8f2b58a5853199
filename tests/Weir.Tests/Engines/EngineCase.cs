using Weir.Rings;
using Weir.Sockets;
using Weir.Testing;
using Xunit.Abstractions;

namespace Weir.Tests.Engines;

/// <summary>What a test of the contract runs on: an engine, a scheduling and an address family.</summary>
public sealed record EngineCase : IXunitSerializable
{
    public EngineCase()
        : this("", default, default)
    {
    }

    public EngineCase(string engine, LoopScheduling scheduling, SocketScheme family) => (Engine, Scheduling, Family) = (engine, scheduling, family);

    public string Engine { get; private set; }

    public LoopScheduling Scheduling { get; private set; }

    public SocketScheme Family { get; private set; }

    public bool IsTcp => Family != SocketScheme.Unix;

    public bool IsInline => Scheduling == LoopScheduling.Inline;

    /// <summary>The one place that knows how an engine is chosen.</summary>
    public LoopGroup CreateLoops(int count, LoopOptions options)
    {
        // "uring-6.1" is uring with what Linux 6.1 has of it.
        string[] parts = Engine.Split('-');
        if (parts.Length > 1)
            options = options with { Ring = options.Ring with { Mask = RingMask.OfKernel(Version.Parse(parts[1])) } };
        LoopGroup loops = new(count, options with { Scheduling = Scheduling, Engine = Enum.Parse<LoopEngine>(parts[0], ignoreCase: true) });
        return loops.EngineName == parts[0] ? loops : throw new InvalidOperationException($"{Engine} was asked for, {loops.EngineName} came");
    }

    /// <summary>An address of the family that the machine gives to nobody else.</summary>
    internal SocketUrl Listen(TemporaryFolder folder, string query = "") => SocketUrl.Parse(Family switch
    {
        SocketScheme.Tcp4 => "tcp4://127.0.0.1:0" + query,
        SocketScheme.Tcp6 => "tcp6://[::1]:0" + query,
        _ => $"unix://{folder.File("s")}" + query,
    });

    public override string ToString() => $"{Engine} {Scheduling} {Family}";

    public void Deserialize(IXunitSerializationInfo info)
    {
        Engine = info.GetValue<string>(nameof(Engine));
        Scheduling = info.GetValue<LoopScheduling>(nameof(Scheduling));
        Family = info.GetValue<SocketScheme>(nameof(Family));
    }

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(Engine), Engine);
        info.AddValue(nameof(Scheduling), Scheduling);
        info.AddValue(nameof(Family), Family);
    }
}
