namespace Weir.Cli.Tests.Capturing;

/// <summary>The system's clock, which can be put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override long GetTimestamp() => System.GetTimestamp() + _shift;

    public void Pass(TimeSpan time) => _shift += (long)(time.TotalSeconds * TimestampFrequency);
}
