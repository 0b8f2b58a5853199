using System.Text.Json;

namespace Weir.Packets;

/// <summary>How every JSON here names the members of enumerations: <c>Syn</c> is <c>syn</c>, <c>ZeroWindow</c> is <c>zeroWindow</c>.</summary>
internal static class JsonNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Those of the flags that are set, from the lowest bit on.</summary>
    public static IEnumerable<string> OfFlags<T>(T flags)
        where T : struct, Enum => Flags<T>.All.Where(each => flags.HasFlag(each.Flag)).Select(each => each.Name);

    private static class Flags<T>
        where T : struct, Enum
    {
        public static readonly (T Flag, string Name)[] All =
            [.. Enum.GetValues<T>().Where(flag => Convert.ToInt32(flag) != 0).Select(flag => (flag, Of(flag)))];
    }
}
