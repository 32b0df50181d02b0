using Acornima.Ast;

namespace Sandbox.Supervisor.Uses;

/// <summary>What a name of a source stands for. Its value is worked out when it is first asked for, since names may be used before they are declared.</summary>
internal sealed class SourceBinding
{
    /// <summary>A name of which nothing is known.</summary>
    public static readonly SourceBinding Unknown = new();

    /// <summary>The value that it is declared with; null: unknown, or <see cref="Path"/> says it.</summary>
    public Expression? Init { get; init; }

    /// <summary>Where <see cref="Init"/> or <see cref="Function"/> stands.</summary>
    public SourceScope? Scope { get; init; }

    /// <summary>The part of the value that a pattern takes, such as <c>.db</c>.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>The part of the sdk that it is.</summary>
    public string? Path { get; set; }

    /// <summary>A function's own name.</summary>
    public IFunction? Function { get; init; }

    /// <summary><see cref="Path"/> is worked out, or being worked out.</summary>
    public bool IsPathKnown { get; set; }

    /// <summary>Its strings are being worked out: it is declared by itself.</summary>
    public bool IsBusy { get; set; }

    /// <summary><c>arguments</c> of a function that is given a part of the sdk.</summary>
    public bool HoldsSdk { get; init; }
}
