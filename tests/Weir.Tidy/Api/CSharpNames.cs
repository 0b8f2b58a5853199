using System.Globalization;

namespace Weir.Tidy.Api;

/// <summary>Types and values as C# writes them.</summary>
internal static class CSharpNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(char)] = "char",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The name without its namespace, which would hide the rest.</summary>
    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer)
            return $"{Of(type.GetElementType()!)}*";
        if (type.IsByRef)
            return $"ref {Of(type.GetElementType()!)}";
        if (Nullable.GetUnderlyingType(type) is Type value)
            return $"{Of(value)}?";
        if (type.Namespace == "System" && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            return $"({List(type.GetGenericArguments())})";
        return type.IsGenericParameter ? type.Name : WithOuter(type);
    }

    /// <summary>The name with its namespace, as the surface sorts by it.</summary>
    public static string FullNameOf(Type type) => $"{type.Namespace}.{Of(type)}";

    public static string List(IEnumerable<Type> types) => string.Join(", ", types.Select(Of));

    public static string Value(object? value, Type type) => value switch
    {
        null => type.IsValueType ? "default" : "null",
        string text => $"\"{text}\"",
        char letter => $"'{letter}'",
        bool truth => truth ? "true" : "false",
        Enum member => $"{Of(type)}.{member}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // Reflection gives a nested type all the arguments, those of the outer type first.
    private static string WithOuter(Type type)
    {
        Type[] arguments = type.GetGenericArguments();
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string name = type.Name.Split('`')[0] + (arguments.Length > outer ? $"<{List(arguments.Skip(outer))}>" : "");
        return type.DeclaringType is Type declaring ? $"{WithOuter(declaring)}.{name}" : name;
    }
}
