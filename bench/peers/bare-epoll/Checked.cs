using Weir.Linux;

namespace Weir.Bench.Peers.BareEpoll;

internal static class Checked
{
    public static int Value(SysResult result, string call) =>
        result.IsOk ? result.Value : throw new InvalidOperationException($"{call}: {result.Errno}");
}
