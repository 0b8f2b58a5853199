using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weir.Tidy.Api;

/// <summary>What an assembly offers: a line per type, sorted by name, and below it an indented line per member.</summary>
internal static class ApiSurface
{
    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().OrderBy(CSharpNames.FullNameOf, StringComparer.Ordinal).SelectMany(Of);

    public static IEnumerable<string> Of(Type type) => ApiMember.LinesOf(type).Select(line => "  " + line).Prepend(Header(type));

    /// <summary>The lines that only one of the two has, marked and each with its type, so that a line says all by itself.</summary>
    public static IEnumerable<string> Difference(IEnumerable<string> before, IEnumerable<string> after)
    {
        string[] old = [.. Qualified(before)];
        string[] now = [.. Qualified(after)];
        return old.Except(now).Select(line => $"- {line}").Concat(now.Except(old).Select(line => $"+ {line}"));
    }

    private static string Header(Type type)
    {
        string name = CSharpNames.FullNameOf(type);
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {CSharpNames.Of(invoke.ReturnType)} {name}({ApiMember.Parameters(invoke)})";
        }

        string bases = CSharpNames.List(Bases(type));
        return $"{Kind(type)} {name}{(bases.Length == 0 ? "" : $" : {bases}")}{Constraints.Of(type.GetGenericArguments())}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } =>
            (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static IEnumerable<Type> Bases(Type type)
    {
        if (type.IsEnum)
            return [Enum.GetUnderlyingType(type)];
        Type[] inherited = type.BaseType?.GetInterfaces() ?? [];
        IEnumerable<Type> interfaces =
            type.GetInterfaces().Except(inherited).Where(one => one.IsVisible).OrderBy(CSharpNames.Of, StringComparer.Ordinal);
        return type.IsClass && type.BaseType != typeof(object) ? interfaces.Prepend(type.BaseType!) : interfaces;
    }

    private static IEnumerable<string> Qualified(IEnumerable<string> lines)
    {
        string type = "";
        foreach (string line in lines)
        {
            bool isMember = line.StartsWith(' ');
            if (!isMember)
                type = line.Split(" : ")[0].Split(' ')[^1];
            yield return isMember ? $"{type}: {line.Trim()}" : line;
        }
    }
}
