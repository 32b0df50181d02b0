using System.Text;

namespace Sandbox.Supervisor.Uses;

/// <summary>One right: what a call needs, or what a version may use.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Name">Of the entity, host and so on; <see cref="Any"/> for every one. E-mail has no names and takes <see cref="Any"/>.</param>
internal readonly record struct Use(UseKind Kind, string Name)
{
    public const string Any = "*";

    public static readonly Use Email = new(UseKind.Email, Any);

    /// <summary>What it allows, in plain words that follow "may".</summary>
    public string Words => Kind switch
    {
        UseKind.EntityRead => $"read {Named("entity")}",
        UseKind.EntityWrite => $"write {Named("entity")}",
        UseKind.Host => $"call {Named("host")}",
        UseKind.Secret => Name == Any ? "read any secret" : $"read the secret {Shown}",
        UseKind.Connection => Name == Any ? "use any connection" : $"use the connection {Shown}",
        UseKind.Event => $"publish {Named("event")}",
        UseKind.Email => "send email",
        UseKind.Script => Name == Any ? "invoke any script" : $"invoke the script {Shown}",
        _ => throw new InvalidOperationException(Kind.ToString()),
    };

    /// <summary>Where it is declared and what to write there.</summary>
    public string Declaration => Kind switch
    {
        UseKind.EntityRead => $"uses.entities.{Shown}: ['read']",
        UseKind.EntityWrite => $"uses.entities.{Shown}: ['write']",
        UseKind.Host => $"uses.hosts: ['{Shown}']",
        UseKind.Secret => $"uses.secrets: ['{Shown}']",
        UseKind.Connection => $"uses.connections: ['{Shown}']",
        UseKind.Event => $"uses.events: ['{Shown}']",
        UseKind.Email => "uses.email: true",
        UseKind.Script => $"uses.scripts: ['{Shown}']",
        _ => throw new InvalidOperationException(Kind.ToString()),
    };

    /// <summary>The name may be a script's: characters that do not show are replaced.</summary>
    private string Shown
    {
        get
        {
            if (!Name.Any(char.IsControl)) return Name;
            var shown = new StringBuilder(Name.Length);
            foreach (var c in Name) shown.Append(char.IsControl(c) ? '\uFFFD' : c);
            return shown.ToString();
        }
    }

    private string Named(string noun) => Name == Any ? $"any {noun}" : Shown;
}
