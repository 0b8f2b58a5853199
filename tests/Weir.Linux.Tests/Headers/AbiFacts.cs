using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weir.Linux.Tests.Headers;

/// <summary>Everything that Weir.Linux states about the kernel, found by reflection, so that nothing new goes unchecked.</summary>
internal static class AbiFacts
{
    public static IEnumerable<AbiFact> On(bool x64) =>
        [.. Constants(), .. Errors(), .. CallNumbers(x64), .. EpollEvent(x64), .. Structures().SelectMany(Layout)];

    public static IEnumerable<Type> Structures() =>
        typeof(Uapi).Assembly.GetExportedTypes().Where(type => type.IsValueType && !type.IsEnum && char.IsAsciiLetterLower(type.Name[0]));

    public static FieldInfo[] Fields(Type structure) => structure.GetFields(BindingFlags.Public | BindingFlags.Instance);

    public static int Offset(FieldInfo field) => (int)Marshal.OffsetOf(field.DeclaringType!, field.Name);

    private static IEnumerable<AbiFact> Constants() =>
        typeof(Uapi).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => new AbiFact(field.Name, field.Name, ValueOf(field), HeaderGaps.Since(field)));

    private static IEnumerable<AbiFact> Errors() =>
        Enum.GetNames<Errno>()
            .Where(name => name != nameof(Errno.None))
            .Select(name => new AbiFact(name, name, (long)Enum.Parse<Errno>(name)));

    private static IEnumerable<AbiFact> CallNumbers(bool x64) =>
        NR.Definitions.Select(call => new AbiFact($"NR.{call.Name}", $"__NR_{call.Name}", x64 ? call.X64 : call.Arm64));

    private static AbiFact[] EpollEvent(bool x64) =>
    [
        new("sizeof epoll_event", "sizeof(struct epoll_event)", epoll_event.SizeOn(x64)),
        new("epoll_event.data", "offsetof(struct epoll_event, data)", epoll_event.DataOffsetOn(x64)),
    ];

    private static IEnumerable<AbiFact> Layout(Type structure)
    {
        string name = structure.Name;
        yield return new AbiFact(
            $"sizeof {name}", HeaderGaps.SizeExpression(structure), Marshal.SizeOf(structure), HeaderGaps.SizeSince(structure));
        foreach (FieldInfo field in Fields(structure))
            yield return new AbiFact($"{name}.{field.Name}", HeaderGaps.OffsetExpression(field), Offset(field), HeaderGaps.Since(field));
    }

    private static long ValueOf(FieldInfo constant) => Convert.ToInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture);
}
