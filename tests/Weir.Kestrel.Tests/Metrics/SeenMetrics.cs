using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Weir.Kestrel.Tests.Transports;

namespace Weir.Kestrel.Tests.Metrics;

internal sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>What a listener of metrics sees of one host's meters of a name.</summary>
internal sealed class SeenMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _instruments = new();
    private readonly ConcurrentQueue<Measured> _measured = new();

    public SeenMetrics(WebRig rig, string meter)
    {
        // Other hosts of this process have meters of the same name; a host's factory is the scope of its own.
        object scope = rig.Application.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != meter || instrument.Meter.Scope != scope)
                return;
            _instruments.Enqueue($"{instrument.Name}|{instrument.Unit}");
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<string> Instruments => _instruments;

    public IReadOnlyCollection<Measured> All => _measured;

    /// <summary>Asks the observable instruments; what was seen before is forgotten.</summary>
    public void Observe()
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
    }

    public IEnumerable<Measured> Of(string name) => _measured.Where(measured => measured.Name == name);

    public double Sum(string name) => Of(name).Sum(measured => measured.Value);

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Measured(instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
}
