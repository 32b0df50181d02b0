using Acornima.Ast;
using SourceProgram = Acornima.Ast.Program;

namespace Sandbox.Supervisor.Uses;

/// <summary>Goes through a source and gathers what it uses of the sdk, and where that cannot be told.</summary>
internal sealed class SourceWalk
{
    private const int PlacesMax = 20;

    private readonly SourceValues _values = new();
    private readonly HashSet<Use> _uses = [];
    private readonly List<UnknownUse> _unknown = [];
    private readonly HashSet<(int Line, int Column)> _places = [];

    // Functions that are given a part of the sdk: which parameter, and which part.
    private readonly Dictionary<Node, (int Parameter, string Path)> _given = [];
    private readonly HashSet<Node> _walked = [];
    private readonly SdkCalls _calls;

    private SourceWalk() => _calls = new SdkCalls(_values, use => _uses.Add(use), (at, message) => Report(at, message, mustBeDeclared: true));

    /// <exception cref="InsufficientExecutionStackException">The source is nested too deep, or too much is to be looked at.</exception>
    public static InferredUses Of(SourceProgram program)
    {
        var walk = new SourceWalk();
        var scope = new SourceScope(null, walk.Assigned(program)).Inner();
        scope.DeclareVars(program);
        scope.DeclareLexical(program.Body);
        if (program is Module) walk.GiveToDefaultExport(program, scope);
        walk.VisitAll(program.Body, scope);
        return new InferredUses(new UsesDeclaration(walk._uses), [.. walk._unknown.OrderBy(place => place.Line).ThenBy(place => place.Column)]);
    }

    /// <summary>Names that are assigned to after their declaration.</summary>
    private HashSet<string> Assigned(Node program)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<(Node Node, bool IsTarget)>();
        left.Push((program, false));
        while (left.TryPop(out var at))
        {
            _values.Step();
            if (at is (Identifier name, true)) names.Add(name.Name);
            var target = at.Node switch
            {
                AssignmentExpression assignment => assignment.Left,
                UpdateExpression update => update.Argument,
                ForInStatement { Left: not VariableDeclaration } loop => loop.Left,
                ForOfStatement { Left: not VariableDeclaration } loop => loop.Left,
                _ => (Node?)null,
            };
            foreach (var child in at.Node.ChildNodes) left.Push((child, at.IsTarget || child == target));
        }

        return names;
    }

    /// <summary>A module's function is called with the context and the sdk.</summary>
    private void GiveToDefaultExport(SourceProgram program, SourceScope scope)
    {
        foreach (var statement in program.Body)
        {
            Node? exported = statement switch
            {
                ExportDefaultDeclaration standard => standard.Declaration,
                ExportNamedDeclaration { Source: null } named => named.Specifiers.FirstOrDefault(one => SourceScope.NameOf(one.Exported) == "default")?.Local,
                _ => null,
            };
            if (exported is null) continue;
            if (SourceValues.Resolve(exported, scope).Expression is IFunction function) _given[(Node)function] = (1, "sdk");
            else if (exported is not (Literal or ObjectExpression))
                Report(exported, "the default export is not a function of this source, so what it does with the sdk cannot be read; declare uses");
        }
    }

    private void Report(Node at, string message) => Report(at, message, mustBeDeclared: false);

    private void Report(Node at, string message, bool mustBeDeclared)
    {
        var start = at.Location.Start;
        if (_unknown.Count < PlacesMax && _places.Add((start.Line, start.Column))) _unknown.Add(new UnknownUse(message, start.Line, start.Column + 1, mustBeDeclared));
    }

    private void VisitAll(IEnumerable<Node?> nodes, SourceScope scope)
    {
        foreach (var node in nodes)
            if (node is not null) Visit(node, scope);
    }

    private void Visit(Node node, SourceScope scope)
    {
        _values.Step();
        switch (node)
        {
            case IFunction function:
                VisitFunction(node, function, scope);
                break;
            case StaticBlock block:
                var own = scope.Inner();
                foreach (var statement in block.Body) own.DeclareVars(statement);
                own.DeclareLexical(block.Body);
                VisitAll(block.Body, own);
                break;
            case BlockStatement block:
                var within = scope.Inner();
                within.DeclareLexical(block.Body);
                VisitAll(block.Body, within);
                break;
            case SwitchStatement choice:
                Visit(choice.Discriminant, scope);
                var cases = scope.Inner();
                cases.DeclareLexical(choice.Cases.SelectMany(one => one.Consequent));
                VisitAll(choice.Cases.SelectMany(one => one.ChildNodes), cases);
                break;
            case ForStatement or ForInStatement or ForOfStatement:
                var loop = scope.Inner();
                loop.DeclareLexical(node.ChildNodes);
                VisitAll(node.ChildNodes, loop);
                break;
            case CatchClause handler:
                var caught = scope.Inner();
                caught.Declare(handler.Param, isConst: false, _ => SourceBinding.Unknown);
                if (handler.Param is { } thrown) VisitPattern(thrown, caught);
                Visit(handler.Body, caught);
                break;
            case VariableDeclaration variables:
                foreach (var one in variables.Declarations) VisitDeclarator(one, variables.Kind == VariableDeclarationKind.Const, scope);
                break;
            case IClass type:
                if (type.SuperClass is { } parent) Visit(parent, scope);
                VisitAll(type.Decorators, scope);
                Visit(type.Body, scope);
                break;
            default:
                VisitExpression(node, scope);
                break;
        }
    }

    private void VisitExpression(Node node, SourceScope scope)
    {
        switch (node)
        {
            case Identifier or MemberExpression:
                VisitReference(node, scope);
                break;
            case CallExpression call:
                VisitCall(call, scope);
                break;
            // Looked at, and not handed on.
            case NonUpdateUnaryExpression { Argument: var looked } when _values.PathOf(looked, scope) is not null:
            case ExpressionStatement { Expression: var alone } when alone is not CallExpression && _values.PathOf(alone, scope) is not null:
                break;
            case IfStatement { Test: var test } choice when _values.PathOf(test, scope) is not null:
                VisitAll([choice.Consequent, choice.Alternate], scope);
                break;
            case ConditionalExpression { Test: var test } choice when _values.PathOf(test, scope) is not null:
                VisitAll([choice.Consequent, choice.Alternate], scope);
                break;
            case NonLogicalBinaryExpression comparison:
                foreach (var side in comparison.ChildNodes)
                    if (_values.PathOf(side, scope) is null) Visit(side, scope);
                break;
            case AssignmentExpression assignment:
                if (assignment.Left is not Identifier) VisitPattern(assignment.Left, scope);
                Visit(assignment.Right, scope);
                break;
            case Property property:
                if (property.Computed) Visit(property.Key, scope);
                Visit(property.Value, scope);
                break;
            case ClassProperty member:
                if (member.Computed) Visit(member.Key, scope);
                VisitAll(member.ChildNodes.Where(child => child != member.Key), scope);
                break;
            case LabeledStatement labelled:
                Visit(labelled.Body, scope);
                break;
            case BreakStatement or ContinueStatement or MetaProperty or ImportDeclaration:
                break;
            case ExportNamedDeclaration named:
                if (named.Declaration is { } declaration) Visit(declaration, scope);
                break;
            default:
                VisitAll(node.ChildNodes, scope);
                break;
        }
    }

    private void VisitReference(Node node, SourceScope scope)
    {
        if (node is Identifier { Name: "arguments" } && scope.Find("arguments") is { HoldsSdk: true })
            Report(node, "arguments holds the sdk, and what is done with it is not followed; name the parameters, or declare uses");
        if (_values.PathOf(node, scope) is { } path)
        {
            if (SdkCalls.IsEmail(path)) _uses.Add(Use.Email);
            else if (SdkCalls.GrantsRights(path)) Report(node, $"{path} is handed on here, and what is done with it is not followed; call it where it is, or declare uses");
            return;
        }

        if (node is not MemberExpression member) return;
        var isComputedPart = member.Computed && _values.PropertyOf(member, scope) is null && _values.PathOf(member.Object, scope) is { } part && SdkCalls.GrantsRights(part);
        if (isComputedPart) Report(member.Property, $"which part of {_values.PathOf(member.Object, scope)} this is, is computed at run time; declare uses");
        else Visit(member.Object, scope);
        if (member.Computed) Visit(member.Property, scope);
    }

    private void VisitCall(CallExpression call, SourceScope scope)
    {
        var path = _values.PathOf(call.Callee, scope);
        if (path == "sdk.db.transaction" && call.Arguments.Count > 0) GiveTransaction(call.Arguments[0], scope);
        else if (path is null || !_calls.Read(path, call, scope)) Visit(call.Callee, scope);
        VisitAll(call.Arguments, scope);
    }

    private void GiveTransaction(Expression body, SourceScope scope)
    {
        var (resolved, at) = SourceValues.Resolve(body, scope);
        if (resolved is not IFunction function)
        {
            Report(body, "the function of this transaction is not one of this source, so what it does cannot be read; declare uses");
            return;
        }

        _given[resolved] = (0, "sdk.db");
        // It may have been walked before it was known what it is given.
        if (resolved != body && _walked.Remove(resolved)) VisitFunction(resolved, function, at);
    }

    private void VisitFunction(Node node, IFunction function, SourceScope outer)
    {
        if (!_walked.Add(node)) return;
        var scope = outer.Inner();
        var given = _given.TryGetValue(node, out var found) ? found : ((int Parameter, string Path)?)null;
        if (node is FunctionExpression { Id: { } own }) scope.Name(own.Name, SourceBinding.Unknown);
        if (node is not ArrowFunctionExpression) scope.Name("arguments", new SourceBinding { HoldsSdk = given is not null });
        for (var i = 0; i < function.Params.Count; i++)
        {
            var path = given is { } known && known.Parameter == i ? known.Path : null;
            var pattern = function.Params[i];
            scope.Declare(pattern, isConst: false, suffix => path is null ? SourceBinding.Unknown : new SourceBinding { Path = path + suffix, IsPathKnown = true });
            var takesRest = pattern is RestElement && given?.Parameter >= i;
            if (takesRest || (path is not null && !scope.Follows(pattern, isConst: false)))
                Report(pattern, $"{given!.Value.Path} is taken in a way that is not followed; take it by name, or declare uses");
            VisitPattern(pattern, scope);
        }

        if (function.Body is BlockStatement body)
        {
            // A parameter and a variable of one name are one variable.
            var inner = scope.Inner();
            inner.DeclareVars(body);
            inner.DeclareLexical(body.Body);
            VisitAll(body.Body, inner);
        }
        else Visit(function.Body, scope);
    }

    private void VisitDeclarator(VariableDeclarator one, bool isConst, SourceScope scope)
    {
        if (one.Init is { } value && (_values.PathOf(value, scope) is null || !scope.Follows(one.Id, isConst))) Visit(value, scope);
        VisitPattern(one.Id, scope);
    }

    /// <summary>What is evaluated within a pattern: defaults, computed keys and targets that are no names.</summary>
    private void VisitPattern(Node pattern, SourceScope scope)
    {
        _values.Step();
        switch (pattern)
        {
            case Identifier:
                break;
            case AssignmentPattern optional:
                VisitPattern(optional.Left, scope);
                Visit(optional.Right, scope);
                break;
            case RestElement rest:
                VisitPattern(rest.Argument, scope);
                break;
            case ArrayPattern list:
                foreach (var element in list.Elements)
                    if (element is not null) VisitPattern(element, scope);
                break;
            case ObjectPattern all:
                foreach (var property in all.Properties)
                {
                    if (property is not Property one)
                    {
                        VisitPattern(property, scope);
                        continue;
                    }

                    if (one.Computed) Visit(one.Key, scope);
                    VisitPattern(one.Value, scope);
                }

                break;
            default:
                Visit(pattern, scope);
                break;
        }
    }
}
