using System.Reflection;
using Weir.Polling;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Weir.Tests.Polling;

/// <summary>A poller under test, by name; the one place that knows them.</summary>
public sealed record PollerCase : IXunitSerializable
{
    public PollerCase()
        : this("")
    {
    }

    public PollerCase(string name) => Name = name;

    public string Name { get; private set; }

    public IPoller Create() => Name switch
    {
        "epoll" => new EpollPoller(),
        "poll" => new PollPoller(),
        "select" => new SelectPoller(),
        _ => throw new InvalidOperationException($"no poller {Name}"),
    };

    public override string ToString() => Name;

    public void Deserialize(IXunitSerializationInfo info) => Name = info.GetValue<string>(nameof(Name));

    public void Serialize(IXunitSerializationInfo info) => info.AddValue(nameof(Name), Name);
}

/// <summary>Runs a test on every poller, or, for a mode or an event, on those that say they have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PollerDataAttribute : DataAttribute
{
    private static readonly string[] s_pollers = ["epoll", "poll", "select"];

    /// <summary>A mode that the test needs. A poller without it is left out, as <see cref="PollerContract"/> shows that it says EINVAL.</summary>
    public PollMode Needs { get; init; }

    /// <summary>Events that the test needs told apart. For a poller without them, a test of its own shows what it reports instead.</summary>
    public PollEvents NeedsEvents { get; init; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        s_pollers.Select(name => new PollerCase(name)).Where(Has).Select(poller => new object[] { poller });

    private bool Has(PollerCase poller)
    {
        using IPoller created = poller.Create();
        if (!created.Supports(Needs))
            return LeaveOut($"{poller} has no mode {Needs}");
        PollEvents missing = NeedsEvents & ~created.Distinguishes;
        return missing == PollEvents.None || LeaveOut($"{poller} does not tell {missing} apart");
    }

    private static bool LeaveOut(string reason)
    {
        Console.WriteLine($"skipped: {reason}");
        return false;
    }
}
