using Acornima.Ast;

namespace Sandbox.Supervisor.Uses;

/// <summary>Names that a function, block or module declares.</summary>
/// <param name="parent">The scope around it.</param>
/// <param name="assigned">Names that the source assigns to anywhere: a variable of such a name is not followed.</param>
internal sealed class SourceScope(SourceScope? parent, IReadOnlySet<string> assigned)
{
    private readonly Dictionary<string, SourceBinding> _names = new(StringComparer.Ordinal);

    public SourceScope Inner() => new(this, assigned);

    /// <summary>Null: the source declares no such name.</summary>
    public SourceBinding? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
            if (scope._names.TryGetValue(name, out var binding)) return binding;
        return null;
    }

    private SourceScope? Parent { get; } = parent;

    /// <summary>Whether all names of a pattern are followed, so that nothing of the value gets out of sight.</summary>
    public bool Follows(Node pattern, bool isConst) => pattern switch
    {
        Identifier name => isConst || !assigned.Contains(name.Name),
        AssignmentPattern optional => Follows(optional.Left, isConst),
        ObjectPattern all => all.Properties.All(property => property is Property { Computed: false } one && Follows(one.Value, isConst)),
        _ => false,
    };

    public void Name(string name, SourceBinding binding) => _names[name] = binding;

    /// <summary>Declares the names of a pattern.</summary>
    /// <param name="pattern">A name or a pattern of names.</param>
    /// <param name="isConst">None of them can be assigned to.</param>
    /// <param name="bindingOf">What a name stands for that takes such a part of the value.</param>
    public void Declare(Node? pattern, bool isConst, Func<string, SourceBinding> bindingOf, string suffix = "")
    {
        switch (pattern)
        {
            case Identifier name:
                // Declared twice, by var: which value it has is not followed.
                _names[name.Name] = _names.ContainsKey(name.Name) || !Follows(name, isConst) ? SourceBinding.Unknown : bindingOf(suffix);
                break;
            case AssignmentPattern optional:
                Declare(optional.Left, isConst, bindingOf, suffix);
                break;
            case ObjectPattern all:
                foreach (var property in all.Properties)
                {
                    if (property is Property { Computed: false } one && NameOf(one.Key) is { } key) Declare(one.Value, isConst, bindingOf, $"{suffix}.{key}");
                    else DeclareUnknown(property is Property other ? other.Value : property);
                }

                break;
            case not null:
                DeclareUnknown(pattern);
                break;
        }
    }

    /// <summary>The name of a property that is written as a name or a string.</summary>
    public static string? NameOf(Node key) => key switch
    {
        Identifier name => name.Name,
        StringLiteral text => text.Value,
        _ => null,
    };

    /// <summary><c>let</c>, <c>const</c>, classes and functions of a list of statements.</summary>
    public void DeclareLexical(IEnumerable<Node> statements)
    {
        foreach (var statement in statements)
        {
            switch (statement is ExportDeclaration export ? Exported(export) : statement)
            {
                case VariableDeclaration { Kind: not VariableDeclarationKind.Var } variables:
                    Declare(variables);
                    break;
                case FunctionDeclaration { Id: { } name } function:
                    _names[name.Name] = assigned.Contains(name.Name) ? SourceBinding.Unknown : new SourceBinding { Function = function, Scope = this };
                    break;
                case ClassDeclaration { Id: { } name }:
                    _names[name.Name] = SourceBinding.Unknown;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary><c>var</c> anywhere within a function's body, but not within functions in it.</summary>
    public void DeclareVars(Node body)
    {
        var left = new Stack<Node>();
        left.Push(body);
        while (left.TryPop(out var node))
        {
            if (node is VariableDeclaration { Kind: VariableDeclarationKind.Var } variables) Declare(variables);
            foreach (var child in node.ChildNodes)
                if (child is not (IFunction or StaticBlock)) left.Push(child);
        }
    }

    public void Declare(VariableDeclaration variables)
    {
        foreach (var one in variables.Declarations)
        {
            Declare(
                one.Id, variables.Kind == VariableDeclarationKind.Const,
                suffix => one.Init is null ? SourceBinding.Unknown : new SourceBinding { Init = one.Init, Scope = this, Suffix = suffix });
        }
    }

    private static StatementOrExpression? Exported(ExportDeclaration export) => export switch
    {
        ExportNamedDeclaration named => named.Declaration,
        ExportDefaultDeclaration standard => standard.Declaration,
        _ => null,
    };

    private void DeclareUnknown(Node pattern)
    {
        var left = new Stack<Node>();
        left.Push(pattern);
        while (left.TryPop(out var node))
        {
            if (node is Identifier name) _names[name.Name] = SourceBinding.Unknown;
            // Names in defaults and computed keys are declared along: too much is declared, never too little.
            foreach (var child in node.ChildNodes) left.Push(child);
        }
    }
}
