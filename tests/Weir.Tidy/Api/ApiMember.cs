using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weir.Tidy.Api;

/// <summary>One line per member that another assembly can use.</summary>
internal static class ApiMember
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> LinesOf(Type type)
    {
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(EnumMember);
        if (typeof(Delegate).IsAssignableFrom(type))
            return [];
        return type.GetMembers(Declared)
            .Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.Name.Contains('<', StringComparison.Ordinal))
            .Select(member => (member.Name, Line: Line(member)))
            .Where(member => member.Line is not null)
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Line, StringComparer.Ordinal)
            .Select(member => member.Line!);
    }

    public static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo field when IsVisible(field.Attributes) => Field(field),
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic =>
            $"{Access(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})",
        PropertyInfo property => Property(property),
        EventInfo @event when IsVisible(@event.AddMethod!) => Event(@event),
        MethodInfo method when IsVisible(method) && !IsAccessor(method) => Method(method),
        _ => null,
    };

    private static string EnumMember(FieldInfo field) => $"{field.Name} = {field.GetRawConstantValue()}";

    private static string Event(EventInfo @event) =>
        $"{Modifiers(@event.AddMethod!)}event {CSharpNames.Of(@event.EventHandlerType!)} {@event.Name}";

    private static string Field(FieldInfo field)
    {
        string access = field.IsPublic ? "" : "protected ";
        string typeAndName = $"{CSharpNames.Of(field.FieldType)} {field.Name}";
        if (field.IsLiteral)
            return $"{access}const {typeAndName} = {CSharpNames.Value(field.GetRawConstantValue(), field.FieldType)}";
        return access + (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "") + typeAndName;
    }

    private static string? Property(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(IsVisible)];
        if (accessors.Length == 0)
            return null;
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        string body = string.Join(' ', accessors.Select(Accessor));
        return $"{Modifiers(accessors[0])}{CSharpNames.Of(property.PropertyType)} {name} {{ {body} }}";
    }

    private static string Accessor(MethodInfo accessor)
    {
        if (accessor.ReturnType != typeof(void))
            return "get;";
        return accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{CSharpNames.List(method.GetGenericArguments())}>" : "";
        string extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        string result = CSharpNames.Of(method.ReturnType);
        string where = Constraints.Of(method.GetGenericArguments());
        return $"{Modifiers(method)}{result} {method.Name}{generic}({extension}{Parameters(method)}){where}";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        string text = type.IsByRef ? $"{Passing(parameter)} {CSharpNames.Of(type.GetElementType()!)}" : CSharpNames.Of(type);
        bool many = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        string standard = parameter.HasDefaultValue ? $" = {CSharpNames.Value(parameter.DefaultValue, type)}" : "";
        return $"{(many ? "params " : "")}{text} {parameter.Name}{standard}";
    }

    private static string Passing(ParameterInfo parameter) => parameter switch
    {
        { IsOut: true } => "out",
        { IsIn: true } => "in",
        _ => "ref",
    };

    private static string Modifiers(MethodInfo method)
    {
        string kind = method switch
        {
            { DeclaringType.IsInterface: true } => method.IsStatic ? "static " : "",
            { IsStatic: true } => "static ",
            _ when method.GetBaseDefinition() != method => "override ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return Access(method) + kind;
    }

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Access(MethodBase method) => method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "";

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;
}
