using System.Runtime.CompilerServices;
using Acornima.Ast;

namespace Sandbox.Supervisor.Uses;

/// <summary>Works out values of a source without running it: parts of the sdk, and strings.</summary>
internal sealed class SourceValues
{
    /// <summary>Expressions that are looked at, so that no source keeps the supervisor busy.</summary>
    private const int StepsMax = 3_000_000;

    /// <summary>Characters of a string, and names that an expression may give.</summary>
    private const int LengthMax = 4_000;
    private const int NamesMax = 50;

    private int _steps;

    /// <summary>Counts a step.</summary>
    /// <exception cref="InsufficientExecutionStackException">The source is nested too deep, or too much is to be looked at.</exception>
    public void Step()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_steps > StepsMax) throw new InsufficientExecutionStackException();
    }

    /// <summary>The part of the sdk that an expression is, such as <c>sdk.db</c>; null: none that is followed.</summary>
    public string? PathOf(Node? expression, SourceScope scope)
    {
        var names = new Stack<string>();
        while (true)
        {
            Step();
            switch (expression)
            {
                case ChainExpression chain:
                    expression = chain.Expression;
                    continue;
                case ParenthesizedExpression inner:
                    expression = inner.Expression;
                    continue;
                case MemberExpression member:
                    if (PropertyOf(member, scope) is not { } name) return null;
                    names.Push(name);
                    expression = member.Object;
                    continue;
                case Identifier identifier:
                    return PathOf(identifier, scope) is { } path ? string.Join('.', names.Prepend(path)) : null;
                default:
                    return null;
            }
        }
    }

    /// <summary>The property that a member expression names; null: it is computed.</summary>
    public string? PropertyOf(MemberExpression member, SourceScope scope) =>
        !member.Computed ? SourceScope.NameOf(member.Property) : TextOf(member.Property, scope) is ({ } text, true) ? text : null;

    /// <summary>Every string that an expression may be; null: that is not known.</summary>
    public IReadOnlyList<string>? NamesOf(Node? expression, SourceScope scope)
    {
        Step();
        if (expression is ParenthesizedExpression inner) return NamesOf(inner.Expression, scope);
        if (expression is ConditionalExpression either)
        {
            return NamesOf(either.Consequent, scope) is { } first && NamesOf(either.Alternate, scope) is { } second
                && first.Count + second.Count <= NamesMax
                ? [.. first, .. second]
                : null;
        }

        return TextOf(expression, scope) is ({ } text, true) ? [text] : null;
    }

    /// <summary>The string that an expression is, or the beginning of it that is known.</summary>
    public (string? Text, bool IsWhole) TextOf(Node? expression, SourceScope scope)
    {
        Step();
        switch (expression)
        {
            case StringLiteral literal:
                return (literal.Value, true);
            case ParenthesizedExpression inner:
                return TextOf(inner.Expression, scope);
            case TemplateLiteral template:
                return TemplateText(template, scope);
            case NonLogicalBinaryExpression { Operator: Acornima.Operator.Addition } sum:
                var left = TextOf(sum.Left, scope);
                if (left is not ({ } start, true)) return left;
                var right = TextOf(sum.Right, scope);
                return start.Length + (right.Text?.Length ?? 0) <= LengthMax ? (start + right.Text, right.Text is not null && right.IsWhole) : (start, false);
            case Identifier identifier:
                return TextOf(identifier, scope);
            default:
                return (null, false);
        }
    }

    /// <summary>The expression that a name is declared with, or the expression itself.</summary>
    public static (Node? Expression, SourceScope Scope) Resolve(Node? expression, SourceScope scope)
    {
        for (var hops = 0; hops < 8 && expression is Identifier name && scope.Find(name.Name) is { Scope: { } at } binding && binding.Suffix.Length == 0; hops++)
        {
            if (binding.Function is { } function) return ((Node)function, at);
            (expression, scope) = (binding.Init, at);
        }

        return (expression, scope);
    }

    private string? PathOf(Identifier identifier, SourceScope scope)
    {
        if (scope.Find(identifier.Name) is not { } binding)
            return identifier.Name switch { "sdk" => "sdk", "events" => "sdk.events", "fetch" => "fetch", _ => null };
        if (!binding.IsPathKnown && binding.Init is not null)
        {
            // Before it is worked out, so that a name that is declared by itself ends here.
            binding.IsPathKnown = true;
            binding.Path = PathOf(binding.Init, binding.Scope!) is { } path ? path + binding.Suffix : null;
        }

        return binding.Path;
    }

    private (string? Text, bool IsWhole) TextOf(Identifier identifier, SourceScope scope)
    {
        if (scope.Find(identifier.Name) is not { Init: { } init, Suffix.Length: 0, IsBusy: false } binding) return (null, false);
        binding.IsBusy = true;
        var text = TextOf(init, binding.Scope!);
        binding.IsBusy = false;
        return text;
    }

    private (string? Text, bool IsWhole) TemplateText(TemplateLiteral template, SourceScope scope)
    {
        var text = "";
        for (var i = 0; i < template.Quasis.Count; i++)
        {
            text += template.Quasis[i].Value.Cooked;
            if (text.Length > LengthMax) return (text[..LengthMax], false);
            if (i >= template.Expressions.Count) break;
            var part = TextOf(template.Expressions[i], scope);
            text += part.Text;
            if (part is not ({ }, true)) return (text, false);
        }

        return (text, true);
    }
}
